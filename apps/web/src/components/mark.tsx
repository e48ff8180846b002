/** The product's mark: a line that turns before it crosses. */
export function Mark() {
  return (
    <svg className="mark" viewBox="0 0 32 32" aria-hidden="true" focusable="false">
      <rect width="32" height="32" rx="7" className="mark-ground" />
      <path d="M7 22h8.5l3-12 3.500 8H25" className="mark-line" />
      <path d="M7 10h6" className="mark-limit" />
    </svg>
  );
}
