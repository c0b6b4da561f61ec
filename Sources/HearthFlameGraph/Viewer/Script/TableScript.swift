/// The table of functions. Only the rows in the window are in the page, between two fillers.
enum TableScript {
    static let source = #"""
        const tableElement = byId("table"), head = tableElement.querySelector("thead");
        const tableBody = tableElement.querySelector("tbody");
        const LINE = 24;
        const tableState = { column: "", down: true, value: "self", list: [] };

        const shareCell = (whole, value) => ({ text: percent(value, whole), part: whole > 0 ? value / whole : 0 });
        // Columns: a key, a title, a width, the value to sort by, the cell.
        const profileColumns = () => {
          const { own, totals } = functions, whole = wholeOf(0);
          return [
            { key: "name", title: "Function", sort: (f) => names[f], cell: null },
            { key: "image", title: "Module", width: 150, sort: (f) => images[f], cell: (f) => ({ text: images[f] }) },
            { key: "self", title: "Self", width: 92, sort: (f) => own[0][f], cell: (f) => ({ text: quantity(own[0][f]) }) },
            { key: "selfShare", title: "Self %", width: 84, sort: (f) => own[0][f], cell: (f) => shareCell(whole, own[0][f]) },
            { key: "total", title: "Total", width: 92, sort: (f) => totals[0][f], cell: (f) => ({ text: quantity(totals[0][f]) }) },
            { key: "totalShare", title: "Total %", width: 84, sort: (f) => totals[0][f], cell: (f) => shareCell(whole, totals[0][f]) },
          ];
        };
        const certain = (change) => change.verdict === GREW ? change.low : change.verdict === SHRANK ? -change.high : 0;
        const diffColumns = () => {
          const values = tableState.value === "self" ? functions.own : functions.totals;
          const change = (f) => compared(values[NEW][f], NEW) - compared(values[BASE][f], BASE);
          const judged = (f) => rowOfFunction.get(f)[tableState.value];
          const side = (f, m) => amount(values[m][f], m) + (diff.by === "share" ? " · " + percent(values[m][f], sideTotals[m]) : "");
          const colored = (f, text) => ({ text, className: verdictClass(judged(f).verdict) });
          // What is certain of a change, then its size.
          const weight = (f) => certain(judged(f)) + Math.abs(change(f)) * 1e-9;
          return [
            { key: "name", title: "Function", sort: (f) => names[f], cell: null },
            ...[BASE, NEW].map((m) => ({
              key: ["base", "new"][m], title: ["Base", "New"][m], width: 172, sort: (f) => compared(values[m][f], m),
              cell: (f) => ({ text: side(f, m) }),
            })),
            { key: "change", title: "Change", width: 110, sort: change, cell: (f) => colored(f, signed(change(f))) },
            {
              key: "interval", title: "Interval", width: 230, sort: weight,
              cell: (f) => ({ text: interval(judged(f)), className: "noise" }),
            },
            { key: "verdict", title: "Verdict", width: 124, sort: weight, cell: (f) => colored(f, verdictText(judged(f))) },
          ];
        };

        const element = (tag, parent, properties) => {
          const made = document.createElement(tag);
          for (const key in properties) if (key in made) made[key] = properties[key]; else made.setAttribute(key, properties[key]);
          parent.appendChild(made);
          return made;
        };
        let columns = [];
        const listFunctions = () => {
          if (!functions) functions = functionTotals(diff ? plain : graph);
          columns = diff ? diffColumns() : profileColumns();
          if (!tableState.column) tableState.column = diff ? "verdict" : "self";
          const column = columns.find((column) => column.key === tableState.column);
          const list = [];
          for (let f = 0; f < names.length; f++) {
            if (!isFunction(f) || hits && !hits[f] || (diff ? !rowOfFunction.has(f) : !(functions.totals[0][f] > 0))) continue;
            list.push({ f, by: column.sort(f) });
          }
          const way = tableState.down ? -1 : 1;
          // Functions are numbered by name: that decides where the values are the same.
          list.sort((a, b) => (a.by < b.by ? -way : a.by > b.by ? way : a.f - b.f));
          tableState.list = list.map((item) => item.f);

          head.textContent = "";
          const row = element("tr", head, {});
          for (const { key, title, width } of columns) {
            const cell = element("th", row, { scope: "col", className: key });
            if (width) cell.style.width = width + "px";
            if (key === "image") cell.style.textAlign = "left";
            if (key === tableState.column) cell.setAttribute("aria-sort", tableState.down ? "descending" : "ascending");
            element("button", cell, { type: "button", textContent: title }).addEventListener("click", () => {
              // Names begin at A, numbers with the largest.
              const isText = key === "name" || key === "image";
              Object.assign(tableState, { column: key, down: tableState.column === key ? !tableState.down : !isText });
              listFunctions();
              fillTable();
              head.querySelector(`th.${key} button`).focus();
            });
          }
          // Names keep some room: a narrow window scrolls under them.
          const table = head.parentNode, room = columns.reduce((sum, { width }) => sum + (width || 0), 240);
          table.style.minWidth = room + "px";
          table.setAttribute("aria-rowcount", list.length + 1);
          if (diff) {
            for (const button of byId("values").children) {
              button.setAttribute("aria-pressed", button.dataset.value === tableState.value);
            }
          }
        };
        const filler = (lines) => {
          const row = element("tr", tableBody, { className: "filler", "aria-hidden": "true" });
          element("td", row, { colSpan: columns.length }).style.height = lines * LINE + "px";
        };
        const fillTable = () => {
          const list = tableState.list, focused = document.activeElement && document.activeElement.dataset.of;
          const above = Math.max(0, Math.floor(tableElement.scrollTop / LINE) - 10);
          const start = Math.min(above, Math.max(0, list.length - 1));
          const end = Math.min(list.length, start + Math.ceil(tableElement.clientHeight / LINE) + 20);
          tableBody.textContent = "";
          if (start > 0) filler(start);
          for (let k = start; k < end; k++) {
            const f = list[k], row = element("tr", tableBody, { "aria-rowindex": k + 2 });
            for (const column of columns) {
              const cell = element("td", row, { className: column.key });
              if (!column.cell) {
                const title = (fullNames[f] || names[f]) + "\nClick: find it in the graph; S: its callers and callees";
                const name = element("button", cell, { type: "button", textContent: names[f], title });
                name.dataset.of = f;
                if (focused === String(f)) name.focus({ preventScroll: true });
                continue;
              }
              const { text, part, className } = column.cell(f);
              cell.textContent = text;
              if (className) cell.classList.add(className);
              if (part !== undefined) {
                cell.classList.add("share");
                cell.style.setProperty("--part", (part * 100).toFixed(1) + "%");
              } else if (text.length > 18) {
                cell.title = text;
              }
            }
          }
          if (end < list.length) filler(list.length - end);
          if (list.length) return;
          element("td", element("tr", tableBody, {}), { colSpan: columns.length, textContent: "no function", className: "image" });
        };
        const showTable = () => {
          listFunctions();
          fillTable();
        };
        tableElement.addEventListener("scroll", fillTable);
        tableBody.addEventListener("click", (event) => {
          const of = event.target.dataset.of;
          if (of !== undefined) find(+of);
        });
        for (const button of byId("values").children) {
          button.addEventListener("click", () => {
            tableState.value = button.dataset.value;
            showTable();
          });
        }
        """#
}
