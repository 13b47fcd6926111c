/** Prints which targets were met. The process fails when one was missed. @param {readonly (readonly [boolean, string])[]} targets */
export function report(targets) {
  console.log();
  for (const [met, target] of targets) console.log(`${met ? 'met   ' : 'MISSED'}  ${target}`);
  if (targets.some(([met]) => !met)) process.exitCode = 1;
}
