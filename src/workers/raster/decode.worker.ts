import type { DecodeReply, DecodeRequest } from '../../raster/pool/decode-pool.ts';
import { decodeHere } from '../../raster/pool/decode-service.ts';

/** One thread of the decode pool: receives compressed blocks, returns samples. Started by the raster worker. */
addEventListener('message', async ({ data }: MessageEvent<DecodeRequest>) => {
  const results = await decodeHere.decode(data.task, null, false);
  const reply: DecodeReply = { id: data.id, results };
  const buffers = new Set<ArrayBufferLike>();
  for (const result of results) if (result.ok) buffers.add(result.samples.buffer);
  postMessage(reply, { transfer: [...buffers] as ArrayBuffer[] });
});
