/** A Fastify server whose POST handler does nothing: what Node and the machine allow. Ends when its input ends. */
import fastify from 'fastify';

const app = fastify();
app.post('/', () => ({ id: '01980000-0000-7000-8000-000000000000' }));
console.log(await app.listen({ host: '127.0.0.1', port: 0 }));
process.stdin.resume();
process.stdin.once('end', () => {
  void app.close();
});
