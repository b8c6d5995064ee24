/** Prints the catalogue of errors: `npm run --silent errors:dump > docs/errors.md`. */
import { describeErrors } from '../errors/describe.ts';

process.stdout.write(describeErrors());
