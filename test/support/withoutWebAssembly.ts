/** Does the work as on a runtime that has no WebAssembly. */
export function withoutWebAssembly(work: () => void): void {
  const whole = globalThis as { WebAssembly?: unknown };
  const kept = whole.WebAssembly;
  delete whole.WebAssembly;
  try {
    work();
  } finally {
    whole.WebAssembly = kept;
  }
}
