// What the page says on the channel is to go wrong (`setFault` in page/faults.js); the answer says that it is heard. A Worker
// whose address ends in #name is made to fail by that name alone.
export const fault = { now: '' };

const channel = new BroadcastChannel(`worker-faults${self.location.hash}`);
channel.onmessage = ({ data }) => {
  fault.now = data;
  channel.postMessage('heard');
};
