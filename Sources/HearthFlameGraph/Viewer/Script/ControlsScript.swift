/// The controls of the page: what they offer, and what they do.
enum ControlsScript {
    static let source = #"""
        // Controls
        const option = (select, value, text, parent) => element("option", parent || select, { value, textContent: text });
        settings.types.forEach((type, index) => option(byId("type"), index, type.title));
        byId("type").parentNode.hidden = settings.types.length < 2;
        option(byId("group"), "", "no grouping");
        option(byId("where"), "", "all samples");
        for (const label of settings.labels) {
          option(byId("group"), label.key, label.key);
          const group = element("optgroup", byId("where"), { label: label.key });
          label.values.forEach((value, index) => option(null, settings.labels.indexOf(label) + "/" + index, value, group));
        }
        if (settings.leftOut.length) {
          element("optgroup", byId("where"), { label: "too many values: " + settings.leftOut.join(", "), disabled: true });
        }
        for (const id of ["group", "where"]) byId(id).parentNode.hidden = !settings.labels.length && !settings.leftOut.length;
        const SCHEMES = { module: "by module", kind: "by kind of code", hash: "by function", warm: "warm", label: "by label" };
        for (const scheme in SCHEMES) {
          const isOffered = scheme !== "label" || settings.labels.length || kinds.includes(LABEL);
          if (isOffered) option(byId("scheme"), scheme, SCHEMES[scheme]);
        }
        byId("scheme").parentNode.hidden = diff !== null;
        byId("sides").hidden = byId("values").hidden = diff === null;

        byId("type").addEventListener("change", (event) => set({ type: +event.target.value }));
        byId("group").addEventListener("change", (event) => set({ group: event.target.value }));
        byId("where").addEventListener("change", (event) => {
          if (!event.target.value) return;
          const [key, value] = event.target.value.split("/").map(Number), label = settings.labels[key];
          set({ where: { ...state.where, [label.key]: label.values[value] } });
        });
        byId("scheme").addEventListener("change", (event) => {
          state.scheme = event.target.value;
          draw();
          remember(false);
        });
        for (const key of ["view", "side"]) {
          for (const button of document.querySelectorAll(`[data-${key}]`)) {
            button.addEventListener("click", () => show({ [key]: button.dataset[key] }));
          }
        }
        const flip = () => { state.icicle = !state.icicle; place(); remember(false); };
        const collapse = () => set({ collapse: !state.collapse });
        byId("flip").addEventListener("click", flip);
        byId("collapse").addEventListener("click", collapse);
        byId("reset").addEventListener("click", reset);
        const toggleHelp = () => {
          byId("help").hidden = !byId("help").hidden;
          byId("keys").setAttribute("aria-expanded", !byId("help").hidden);
        };
        byId("keys").addEventListener("click", toggleHelp);
        const searched = () => {
          search();
          if (state.view === "table") {
            tableElement.scrollTop = 0;
            showTable();
          } else {
            draw();
          }
          remember(false);
        };
        input.addEventListener("input", () => {
          state.search = input.value;
          searched();
        });
        expression.addEventListener("click", () => {
          state.expression = !state.expression;
          expression.setAttribute("aria-pressed", state.expression);
          searched();
        });
        byId("function").addEventListener("focus", () => {
          const list = byId("functions");
          if (list.children.length) return;
          for (let f = 0; f < Math.min(functionCount, 20000); f++) if (isFunction(f)) option(list, names[f], "");
        });
        byId("function").addEventListener("change", (event) => {
          const f = functionNamed(event.target.value);
          event.target.classList.toggle("bad", f < 0);
          if (f >= 0) show({ of: f });
        });
        """#
}
