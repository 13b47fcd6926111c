// @ts-check

/** Says what goes wrong from now on in a Worker made to fail (workers/failing-*.js; their fail-*.js name the faults). @param {string} fault '': nothing */
export function setFault(fault) {
  const channel = new BroadcastChannel('worker-faults');
  return new Promise((resolve) => {
    channel.onmessage = () => {
      channel.close();
      resolve(undefined);
    };
    channel.postMessage(fault);
  });
}
