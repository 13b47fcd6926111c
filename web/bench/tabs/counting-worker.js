// The Worker, with what it says to other tabs counted: messages, and what they come to as JSON.
import './count.js';
import '/dist/worker/worker.js';
