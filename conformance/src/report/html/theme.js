// Before anything is painted: the theme that was chosen the last time.
try {
  const theme = localStorage.getItem("conformance-theme");
  if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
} catch {
  // A page from a file may have no storage.
}
