"""What systemd does with its notify socket: takes messages, and closes the descriptors that come along (barriers).

argv: the socket's address, with @ for an abstract one. Prints a JSON list of lines for each message.
"""
import json
import os
import socket
import sys

address = sys.argv[1]
listening = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
listening.bind("\0" + address[1:] if address.startswith("@") else address)
print(json.dumps(["LISTENING"]), flush=True)
while True:
    data, descriptors, _, _ = socket.recv_fds(listening, 65536, 16)
    for descriptor in descriptors:
        os.close(descriptor)
    if data != b"BARRIER=1":
        print(json.dumps(data.decode().rstrip("\n").split("\n")), flush=True)
