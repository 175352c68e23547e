import { useState, type DragEvent } from 'react';

/** Files dropped anywhere on the composer; `over` while some hang above it. */
export function useDrop(add: (files: Iterable<File>) => void) {
  const [depth, setDepth] = useState(0);
  const carriesFiles = (event: DragEvent): boolean => event.dataTransfer.types.includes('Files');
  return {
    over: depth > 0,
    handlers: {
      onDragEnter: (event: DragEvent) => {
        if (carriesFiles(event)) setDepth((now) => now + 1);
      },
      onDragLeave: (event: DragEvent) => {
        if (carriesFiles(event)) setDepth((now) => Math.max(0, now - 1));
      },
      onDragOver: (event: DragEvent) => {
        if (carriesFiles(event)) event.preventDefault();
      },
      onDrop: (event: DragEvent) => {
        if (!carriesFiles(event)) return;
        event.preventDefault();
        setDepth(0);
        add(event.dataTransfer.files);
      },
    },
  };
}
