"""Runs a program in a terminal of its own: terminal.py COLUMNS ROWS PROGRAM [WORD...]

What the terminal shows goes to standard output, byte by byte. Each line of standard input is JSON: {"type": TEXT} is
typed, {"resize": [COLUMNS, ROWS]} changes the terminal's size. Ends with the program's exit code, or with 128 and the
signal that ended it. SIGTERM ends both.
"""
import fcntl
import json
import os
import pty
import select
import signal
import struct
import sys
import termios


def set_size(terminal, columns, rows):
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))


def obey(line, terminal):
    order = json.loads(line)
    if "type" in order:
        os.write(terminal, order["type"].encode())
    else:
        set_size(terminal, *order["resize"])


def main():
    columns, rows, *program = sys.argv[1:]
    child, terminal = pty.fork()
    if child == 0:
        set_size(0, int(columns), int(rows))
        os.execvp(program[0], program)

    def end(*_):
        # A terminal that closes is no stop for every program.
        os.killpg(child, signal.SIGKILL)
        os._exit(1)

    signal.signal(signal.SIGTERM, end)
    watched, orders = [terminal, 0], b""
    while True:
        ready = select.select(watched, [], [])[0]
        if terminal in ready:
            try:
                shown = os.read(terminal, 65536)
            except OSError:  # EIO: nobody has the terminal open any more
                shown = b""
            if not shown:
                break
            os.write(1, shown)
        if 0 in ready:
            read = os.read(0, 65536)
            if not read:
                watched = [terminal]
            *lines, orders = (orders + read).split(b"\n")
            for line in lines:
                obey(line, terminal)
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    sys.exit(code if code >= 0 else 128 - code)


main()
