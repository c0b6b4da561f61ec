/// What the user has chosen, and its form in a link.
enum StateScript {
    static let source = #"""
        const fresh = () => ({
          view: REVERSED ? "reversed" : "graph", type: settings.column, group: "", where: {}, edits: [], collapse: false,
          icicle: ICICLE, scheme: settings.scheme, side: "both", search: "", expression: false, of: -1, pane: 0, zoom: "",
        });
        let state = fresh();
        // Steps that change stacks, in the order they were taken: what, and which function.
        const EDITS = { focus: "only", hide: "without", drop: "drop" };
        const edited = (what) => state.edits.filter((edit) => edit.what === what).map((edit) => edit.of);

        const functionNamed = (() => {
          let index = null;
          return (name) => {
            if (!index) {
              index = new Map();
              for (let f = functionCount - 1; f >= 0; f--) if (isFunction(f) || !index.has(names[f])) index.set(names[f], f);
            }
            return index.has(name) ? index.get(name) : -1;
          };
        })();

        const link = () => {
          const words = new URLSearchParams(), plain = fresh();
          const isOther = (key) => state[key] !== plain[key];
          for (const key of ["view", "group", "scheme", "side", "search", "zoom"].filter(isOther)) words.set(key, state[key]);
          if (state.type !== plain.type) words.set("type", settings.types[state.type].name);
          for (const key in state.where) words.append("where", key + "=" + state.where[key]);
          for (const edit of state.edits) words.append(edit.what, names[edit.of]);
          for (const key of ["collapse", "icicle", "expression"].filter(isOther)) words.set(key, state[key] ? "1" : "0");
          if (state.view === "sandwich" && state.of >= 0) words.set("of", names[state.of]);
          if (state.zoom && state.pane) words.set("pane", state.pane);
          return words.toString();
        };
        const stateOf = (text) => {
          const words = new URLSearchParams(text), result = fresh();
          const pick = (key, choices) => { if (choices.includes(words.get(key))) result[key] = words.get(key); };
          pick("view", ["graph", "reversed", "sandwich", "table"]);
          pick("group", settings.labels.map((label) => label.key));
          pick("scheme", Object.keys(schemes));
          pick("side", ["both", "base", "new"]);
          for (const key of ["search", "zoom"]) if (words.has(key)) result[key] = words.get(key);
          for (const key of ["collapse", "icicle", "expression"]) if (words.has(key)) result[key] = words.get(key) === "1";
          const type = settings.types.findIndex((type) => type.name === words.get("type"));
          if (type >= 0) result.type = type;
          for (const [key, value] of words) {
            if (key === "where") {
              for (const label of settings.labels) {
                const wanted = value.startsWith(label.key + "=") ? value.slice(label.key.length + 1) : null;
                if (label.values.includes(wanted)) result.where[label.key] = wanted;
              }
            } else if (key in EDITS && functionNamed(value) >= 0) {
              result.edits.push({ what: key, of: functionNamed(value) });
            }
          }
          if (words.has("of")) result.of = functionNamed(words.get("of"));
          if (words.get("pane") === "1") result.pane = 1;
          return result;
        };
        // A step back in the browser undoes a step here; what is typed makes no steps.
        const remember = (isStep) => {
          const words = link(), target = words ? "#" + words : "";
          if (target === location.hash) return;
          try {
            history[isStep ? "pushState" : "replaceState"](null, "", target || location.href.split("#")[0]);
          } catch (_) { /* a page may forbid it; all works without a link */ }
        };
        """#
}
