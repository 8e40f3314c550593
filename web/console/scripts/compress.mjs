// After the build: writes a .br and a .gz beside every text asset, so that the server sends
// ready-made bytes and spends no time compressing. Fonts and images are compressed already.
import { readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";

const TEXT = /\.(js|css|html|svg|json)$/;
const SMALLEST_WORTH_IT = 512;

const sizes = { files: 0, raw: 0, br: 0 };
for (const name of readdirSync("dist", { recursive: true })) {
  const path = join("dist", String(name));
  if (!statSync(path).isFile() || !TEXT.test(path)) continue;
  const raw = readFileSync(path);
  if (raw.length < SMALLEST_WORTH_IT) continue;
  const params = { [constants.BROTLI_PARAM_QUALITY]: 11 };
  const br = brotliCompressSync(raw, { params });
  writeFileSync(`${path}.br`, br);
  writeFileSync(`${path}.gz`, gzipSync(raw, { level: 9 }));
  sizes.files += 1;
  sizes.raw += raw.length;
  sizes.br += br.length;
}
const kb = (bytes) => `${Math.round(bytes / 1024)} KiB`;
console.log(`compressed ${sizes.files} files: ${kb(sizes.raw)} as ${kb(sizes.br)} brotli`);
