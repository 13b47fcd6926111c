import { fault } from './fault.js';

// While the fault is 'trap', a module traps at its next call of anything outside itself; 'trap streams': the one that reads streams;
// 'end' ends the Worker.
const withFault = (imports, ofStreams = false) => Object.fromEntries(Object.entries(imports).map(([module, members]) => [module,
  Object.fromEntries(Object.entries(members).map(([name, member]) => [name, typeof member !== 'function' ? member : (...args) => {
    if (fault.now === 'trap' || (ofStreams && fault.now === 'trap streams')) throw new WebAssembly.RuntimeError('memory access out of bounds');
    if (fault.now === 'end') close();
    return member(...args);
  }]))]));

const { instantiate, instantiateStreaming } = WebAssembly;
WebAssembly.instantiate = (source, imports) => instantiate(source, withFault(imports));
WebAssembly.instantiateStreaming = (source, imports) => instantiateStreaming(source, withFault(imports, source.url.includes('millrace-streams')));
