// Metrics as the apps and libs declare them.
import { readFileSync, readdirSync } from 'node:fs';

export interface DeclaredMetric {
  readonly name: string;
  readonly kind: 'counter' | 'gauge' | 'histogram';
  readonly labels: readonly string[];
}

/** Texts in quotes or backticks, sorted. */
export function quotedWords(text: string): string[] {
  return [...text.matchAll(/[`'](\w+)[`']/g)].map(([, word]) => word!).sort();
}

/** Every counter, gauge and histogram; the texts in their lists are labels. */
export function declaredMetrics(): DeclaredMetric[] {
  const files = ['apps', 'libs'].flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((file) => `${folder}/${file}`),
  );
  const code = files.filter((file) => /(?<!spec|fixture)\.ts$/.test(file)).map((file) => readFileSync(file, 'utf8'));
  const declaration = /\.(counter|gauge|histogram)\(\s*'(\w+)',\s*'[^']*'([^;]*?)\);/g;
  return code.flatMap((text) =>
    [...text.matchAll(declaration)].map(([, kind, name, rest]) => ({
      name: name!,
      kind: kind as DeclaredMetric['kind'],
      labels: quotedWords((rest!.match(/\[[^\]]*\]/g) ?? []).join()),
    })),
  );
}
