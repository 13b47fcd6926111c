const sent = { frames: 0, bytes: 0 };
const { postMessage } = BroadcastChannel.prototype;
const asked = new BroadcastChannel(`count${self.location.hash}`);
BroadcastChannel.prototype.postMessage = function (data) {
  if (this !== asked) {
    sent.frames += 1;
    sent.bytes += JSON.stringify(data).length;
  }
  return postMessage.call(this, data);
};
asked.onmessage = () => asked.postMessage(sent);
