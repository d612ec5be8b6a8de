// Values that tell when they change: all that the page knows is in some of them.
import { useLayoutEffect, useState } from "./html.js";

/** Return a holder of *value*; whoever watches it hears of each other value that it is given. */
export function observable(value) {
  const watchers = new Set();
  return {
    get: () => value,
    set(next) {
      if (next === value) return;
      const last = value;
      value = next;
      for (const watcher of [...watchers]) watcher(next, last);
    },
    watch(watcher) {
      watchers.add(watcher);
      return () => watchers.delete(watcher);
    },
  };
}

/** Return what *watched* holds, and draw the component anew when that changes. */
export function useObservable(watched) {
  const [value, setValue] = useState(() => watched.get());
  useLayoutEffect(() => {
    const show = () => setValue(() => watched.get());
    show(); // it may have changed since
    return watched.watch(show);
  }, [watched]);
  return value;
}
