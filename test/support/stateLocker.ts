/** The locker that the program has on this runtime: on Node it starts a process. */
export { hostLocker } from "../../src/files/lock.ts";
