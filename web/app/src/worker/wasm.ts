// The Go program: protocol and wallet, compiled. wasm_exec.js is Go's own and sets globalThis.Go.
import '../../wasm/wasm_exec.js';
import wasmUrl from '../../wasm/kula.wasm?url';
import type { Host, Kula } from '../api';
import { Refusal } from './protocol';

interface GoProgram {
  importObject: WebAssembly.Imports;
  run(instance: WebAssembly.Instance): Promise<void>;
}

interface Scope {
  Go: new () => GoProgram;
  kula?: Kula;
  kulaHost?: Host;
}

const scope = globalThis as unknown as Scope;

/** Fetches and compiles; begin early, it takes longest. */
export async function compile(): Promise<WebAssembly.Module> {
  const answer = await fetch(wasmUrl);
  if (!answer.ok) throw new Refusal('no_answer', `kula.wasm: ${answer.status}`);
  const typed = answer.headers.get('content-type')?.startsWith('application/wasm');
  return typed ? WebAssembly.compileStreaming(answer) : WebAssembly.compile(await answer.arrayBuffer());
}

/** Starts the program with a host. It runs as long as the worker does; `ended` is called when it stops all the same. */
export async function start(module: WebAssembly.Module, host: Host, ended: (why: unknown) => void): Promise<Kula> {
  const program = new scope.Go();
  scope.kulaHost = host;
  const instance = await WebAssembly.instantiate(module, program.importObject);
  program.run(instance).then(() => ended('it ended'), ended);
  if (!scope.kula) throw new Refusal('internal', 'kula.wasm gives no kula');
  return scope.kula;
}
