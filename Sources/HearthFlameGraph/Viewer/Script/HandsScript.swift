/// The pointer and the keys.
enum HandsScript {
    static let source = #"""
        // What keys and buttons act on.
        const functionAt = (box) => box && box.node >= 0 ? box.pane.graph.func[box.node] : -1;
        const act = {
          focus: (box) => edit("focus", functionAt(box)),
          hide: (box) => edit("hide", functionAt(box)),
          drop: (box) => edit("drop", functionAt(box)),
          sandwich: (box) => show({ view: "sandwich", of: functionAt(box) >= 0 ? functionAt(box) : state.of }),
          copy: (box) => { if (functionAt(box) >= 0) copyText(stackText(box.pane, box.node)); },
        };
        for (const name in act) byId(name).addEventListener("click", () => act[name](chosen));

        // Pointer
        graphElement.addEventListener("pointermove", (event) => {
          const edge = graphElement.getBoundingClientRect(), box = boxAt(event.clientX - edge.left, event.clientY - edge.top);
          const isOther = !box !== !hovered || box && (box.node !== hovered.node || box.pane !== hovered.pane);
          hovered = box;
          graphElement.classList.toggle("over", box !== null);
          if (box) showTip(box, event.clientX, event.clientY); else hideTip();
          if (isOther) draw();
        });
        const leave = () => {
          hovered = null;
          hideTip();
          draw();
        };
        graphElement.addEventListener("pointerleave", leave);
        graphElement.addEventListener("scroll", leave);
        graphElement.addEventListener("click", (event) => {
          const edge = graphElement.getBoundingClientRect(), box = boxAt(event.clientX - edge.left, event.clientY - edge.top);
          if (box) zoomTo(box.pane, box.node < 0 ? -1 - box.node : box.node);
        });

        // Keys
        graphElement.addEventListener("focus", () => {
          const pane = zoomed() || panes[0];
          if (!chosen && graphElement.matches(":focus-visible")) choose({ pane, node: pane.zoom });
        });
        const beside = (box, step) => {
          const row = box.pane.rows[box.level];
          for (let k = box.index + step; k >= 0 && k < row.node.length; k += step) {
            if (row.node[k] >= 0) return { pane: box.pane, node: row.node[k] };
          }
          return box;
        };
        const widest = (box) => {
          const { graph, rows } = box.pane, row = rows[box.level + 1];
          let best = -1;
          for (let k = 0; row && k < row.node.length; k++) {
            const node = row.node[k];
            if (node >= 0 && graph.parent[node] === box.node && (best < 0 || row.width[k] > row.width[best])) best = k;
          }
          return best < 0 ? box : { pane: box.pane, node: row.node[best] };
        };
        const walk = (key) => {
          const pane = zoomed() || panes[0];
          let box = chosen ? boxOf(chosen.pane, chosen.node) : null;
          if (!box) return { pane, node: pane.zoom };
          if (key === "ArrowLeft" || key === "ArrowRight") return beside(box, key === "ArrowLeft" ? -1 : 1);
          const isDeeper = box.pane.up === (key === "ArrowUp");
          if (isDeeper) return widest(box);
          if (box.node > 0 && box.level - 1 >= box.pane.skip) return { pane: box.pane, node: box.pane.graph.parent[box.node] };
          // In a sandwich the way leads on through the function in the middle.
          if (panes.length < 2) return box;
          if (box.pane === panes[1]) return { pane: panes[0], node: 0 };
          const over = panes[1].rows.length > 1 ? widest({ pane: panes[1], level: 0, node: 0 }) : box;
          return over.node > 0 ? over : box;
        };
        const escape = () => {
          if (!byId("help").hidden) toggleHelp();
          else if (state.search) {
            state.search = input.value = "";
            searched();
          } else if (zoomed()) {
            zoomTo(zoomed(), 0);
            choose(null);
          } else {
            reset();
          }
        };
        window.addEventListener("keydown", (event) => {
          if (event.defaultPrevented || event.altKey) return;
          const command = event.ctrlKey || event.metaKey, target = event.target;
          const typing = target.tagName === "INPUT" || target.tagName === "SELECT";
          if (command && event.key.toLowerCase() === "f" && target !== input || event.key === "/" && !command && !typing) {
            event.preventDefault();
            input.focus();
            input.select();
            return;
          }
          if (event.key === "Escape") {
            event.preventDefault();
            if (typing) target.blur();
            escape();
            return;
          }
          if (command || typing) return;
          const isTable = state.view === "table", row = target.dataset && target.dataset.of;
          const pick = hovered || chosen;
          switch (event.key) {
            case "ArrowUp": case "ArrowDown": case "ArrowLeft": case "ArrowRight": {
              if (isTable) return;
              const box = walk(event.key);
              choose(box);
              reveal(box.pane, box.node);
              break;
            }
            case "Enter":
              // On a button, Enter is the button's.
              if (isTable || target.tagName === "BUTTON") return;
              if (chosen) zoomTo(chosen.pane, chosen.node);
              break;
            case "f": case "F": act.focus(pick); break;
            case "h": case "H": act.hide(pick); break;
            case "x": case "X": act.drop(pick); break;
            case "c": case "C": act.copy(pick); break;
            case "s": case "S":
              if (row !== undefined) show({ view: "sandwich", of: +row }); else act.sandwich(isTable ? null : pick);
              break;
            case "u": case "U": if (state.edits.length) set({ edits: state.edits.slice(0, -1) }); break;
            case "g": case "G": show({ view: "graph" }); break;
            case "r": case "R": show({ view: "reversed" }); break;
            case "t": case "T": show({ view: "table" }); break;
            case "i": case "I": if (!isTable) flip(); break;
            case "m": case "M": collapse(); break;
            case "?": toggleHelp(); break;
            default: return;
          }
          event.preventDefault();
        });
        """#
}
