const SUGGESTIONS: readonly { label: string; prompt: string }[] = [
  { label: 'What does a mill have to do with words?', prompt: 'What does a mill have to do with words?' },
  { label: 'The time in Tokyo, and a sum', prompt: 'What time is it in Tokyo, and what is (17.5 + 2) * 34?' },
  { label: 'Letters in many languages', prompt: 'Show me some letters of the languages of the world.' },
  { label: 'Break the connection half-way', prompt: '!drop Please break the connection in the middle of your reply.' },
];

export function EmptyConversation({ onPrompt }: { onPrompt: (prompt: string) => void }) {
  return (
    <section className="empty" aria-label="Messages">
      <div className="empty-inner">
        <p className="empty-title">What shall we talk about?</p>
        <p className="empty-text">
          Every word of a reply is saved while it streams. Reload the page in the middle of one: it will be here, up to the last thirty milliseconds.
        </p>
        <ul className="suggestions">
          {SUGGESTIONS.map(({ label, prompt }) => (
            <li key={label}>
              <button type="button" className="suggestion" onClick={() => onPrompt(prompt)}>
                {label}
              </button>
            </li>
          ))}
        </ul>
      </div>
    </section>
  );
}
