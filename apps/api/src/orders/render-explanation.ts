import type { ExplanationLine } from '#domain';
export function renderExplanation(line: ExplanationLine, language: 'en' | 'zh'): string {
  return `${language === 'zh' ? '中' : ''}${line.code} ${JSON.stringify(line.values)}`;
}
