const holdsFiles = (event: DragEvent): boolean => event.dataTransfer?.types.includes('Files') ?? false;

/** Takes a picture or a movie that is dropped anywhere on the page; the curtain shows while one is held over it. */
export function installDropZone(
  curtain: HTMLElement,
  { onFile, onOther }: { onFile: (file: File) => void; onOther: (file: File) => void },
): void {
  let depth = 0;
  const show = (change: number): void => {
    depth = Math.max(0, depth + change);
    curtain.hidden = depth === 0;
  };
  document.addEventListener('dragenter', (event) => holdsFiles(event) && show(1));
  document.addEventListener('dragleave', (event) => holdsFiles(event) && show(-1));
  document.addEventListener('dragover', (event) => {
    if (holdsFiles(event)) event.preventDefault();
  });
  document.addEventListener('drop', (event) => {
    if (!holdsFiles(event)) return;
    event.preventDefault();
    show(-depth);
    const file = event.dataTransfer?.files[0];
    if (!file) return;
    if (/^(image|video)\//.test(file.type)) onFile(file);
    else onOther(file);
  });
}
