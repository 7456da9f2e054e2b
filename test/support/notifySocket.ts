/** The other end of sd_notify: what a program told the service manager. */
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { projectFolder } from "./project.ts";
import { startCommand } from "./program.ts";

const has = (program: string) => spawnSync(program, ["--version"]).status === 0;

/** What these tests need of the host. */
export const canNotify = has("systemd-notify") && has("python3");

export interface NotifySocket {
  readonly address: string;
  /** Each message as its lines, in the order in which they came. */
  messages(): string[][];
  /** Waits until a message has this line. */
  until(line: RegExp): Promise<void>;
}

/** @param address a path, or a name after @ */
export async function openNotifySocket(address: string): Promise<NotifySocket> {
  const receiver = startCommand(["python3", join(projectFolder, "test/support/notifySocket.py"), address]);
  await receiver.until(() => receiver.lines > 0, "the socket");
  const messages = () =>
    receiver.stdout.toString().split("\n").slice(1, -1).map((line) => JSON.parse(line) as string[]);
  return {
    address,
    messages,
    until: (line) => receiver.until(() => messages().flat().some((one) => line.test(one)), `${line}`),
  };
}
