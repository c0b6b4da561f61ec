/// Links, sizes, and the first picture.
enum StartScript {
    static let source = #"""
        const follow = () => {
          if (link() === location.hash.slice(1)) return;
          state = stateOf(location.hash.slice(1));
          rebuild(false);
        };
        window.addEventListener("hashchange", follow);
        window.addEventListener("popstate", follow);
        new ResizeObserver(() => {
          if (graphElement.hidden) return fillTable();
          if (graphElement.clientWidth === width + 24 && graphElement.clientHeight === height) return;
          place();
        }).observe(document.querySelector("main"));
        darkness.addEventListener("change", draw);

        brush.font = "11px " + FONT;
        columnWidth = brush.measureText("0".repeat(50)).width / 50;
        state = stateOf(location.hash.slice(1));
        rebuild(false);
        // For those who measure: when the first picture was there.
        requestAnimationFrame(() => requestAnimationFrame(() => performance.mark("hearth.drawn")));
        """#
}
