/** Where event lines go. */
export interface Sink {
  /**
   * Hands over whole lines; resolves when the sink has accepted them, which is when the position may advance.
   * The bytes may be reused afterwards. Calls from several streams are served one after the other.
   *
   * @throws sink-closed the other side is gone
   */
  write(lines: Uint8Array): Promise<void>;
}
