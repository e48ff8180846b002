import tseslint from 'typescript-eslint';

export default tseslint.config(
  { ignores: ['dist/', 'node_modules/', '.fineline/', 'coverage/', 'apps/web/dist/'] },
  ...tseslint.configs.recommended,
  {
    rules: {
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      'no-console': ['error', { allow: ['error'] }],
      'no-restricted-exports': ['error', { restrictDefaultExports: { direct: true } }],
      eqeqeq: ['error', 'smart'],
      // 600 files that no server needs: `describing` reads it where a document is made.
      '@typescript-eslint/no-restricted-imports': [
        'error',
        { paths: [{ name: '@nestjs/swagger', allowTypeImports: true }] },
      ],
    },
  },
  {
    files: ['scripts/**', 'apps/cli/**', 'bench/**', '*.config.{js,ts}', 'apps/web/*.config.ts'],
    rules: { 'no-console': 'off', 'no-restricted-exports': 'off' },
  },
);
