// What plugin.wat has the shape of. Build it with: asc plugin.ts -O --exportRuntime -o plugin.wasm
export function sum(bytes: ArrayBuffer): u32 {
  const view = Uint8Array.wrap(bytes);
  let total: u32 = 0;
  for (let i = 0; i < view.length; i++) total += view[i];
  return total;
}
