// @ts-check
/** The package in the bundlers that are not installed with the tests: `scripts/matrix` runs this. What they need is kept in build/tools. */
import { fileURLToPath } from 'node:url';
import { APPLICATIONS } from './applications.mjs';
import { describeApplications } from './suite.mjs';

const tools = fileURLToPath(new URL('../../../build/tools/applications/', import.meta.url));
const others = Object.entries(APPLICATIONS).filter(([, { packages }]) => Object.keys(packages).length > 0);
describeApplications(Object.fromEntries(others), { place: (_packed, name) => tools + name, timeout: 300_000 });
