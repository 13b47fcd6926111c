// @ts-check

/** Says what goes wrong from now on in a Worker made to fail (workers/failing-*.js; their fail-*.js name the faults). @param {string} fault '': nothing @param {string} [worker] its name, where it has one */
export function setFault(fault, worker) {
  const channel = new BroadcastChannel(`worker-faults${worker === undefined ? '' : `#${worker}`}`);
  return new Promise((resolve) => {
    channel.onmessage = () => {
      channel.close();
      resolve(undefined);
    };
    channel.postMessage(fault);
  });
}
