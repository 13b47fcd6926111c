/** Takes the Web Lock that tells the page that this Worker lives. Browsers free it when the Worker ends, however it does. */
export function holdForLife(name: string): Promise<void> {
  return new Promise((resolve, reject) => {
    navigator.locks.request(name, () => {
      resolve();
      return new Promise(() => undefined);
    }).catch(reject);
  });
}
