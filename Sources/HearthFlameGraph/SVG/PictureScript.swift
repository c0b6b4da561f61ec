/// The script inside a picture: a function of its settings that finds the picture it stands in, and touches nothing
/// else. Without a script the picture is complete, but still.
enum PictureScript {
    static let source = #"""
        (settings) => {
        "use strict";
        const SVG = "http://www.w3.org/2000/svg", XHTML = "http://www.w3.org/1999/xhtml";
        const MARGIN = 12, HEADER = 72, ROW = 18, FOOTER = 14, COLUMN = 6.7, INSET = 4;
        const here = document.currentScript;
        const svg = (here && here.closest("svg.hearth")) || document.documentElement;
        if (!svg.classList.contains("hearth")) return;
        // Alone in its window, the picture fills it and has the keys; on another page it keeps to itself.
        const alone = svg === document.documentElement;
        // The same picture may stand twice in a page: links must tell the two apart.
        while (document.getElementById(svg.id) !== svg) svg.id += "-2";
        const layer = svg.querySelector(".frames");

        // FNV-1a over the names from the root: a link outlives a change elsewhere in the graph.
        const keyOf = (frame) => {
          let key = frame.parent ? frame.parent.key : 2166136261;
          for (let i = 0; i < frame.name.length; i++) key = Math.imul(key ^ frame.name.charCodeAt(i), 16777619);
          // In a chart the same stack stands in many places.
          if (settings.chart) key = Math.imul(key ^ (frame.start % 4294967296), 16777619);
          return Math.imul(key ^ 59, 16777619) >>> 0;
        };
        // Frames come callers first: a frame's parent is the last one before it that is a level lower.
        const forward = [], ofForward = new Map(), ofBackward = new Map(), path = [];
        for (const group of layer.querySelectorAll(".frame")) {
          const [depth, weight, own, start] = group.getAttribute("data-v").split(",").map(Number);
          const title = group.querySelector("title"), words = title.textContent, bracket = words.lastIndexOf(" (");
          title.remove();
          const full = group.getAttribute("data-f");
          const frame = {
            group, rect: group.querySelector("rect"), text: group.querySelector("text"), index: forward.length,
            depth, weight, own: own || 0, start: start || 0, parent: depth ? path[depth - 1] : null, children: 0, end: 0, hidden: false,
            name: words.slice(0, bracket), caption: words.slice(bracket + 2, -1),
            full: full === null ? "" : settings.names[+full], note: group.getAttribute("data-note") || "",
            shown: weight, x: 0, width: 0, drawn: true, taken: 0,
          };
          frame.key = keyOf(frame);
          if (frame.parent) frame.parent.children += weight;
          path[depth] = frame;
          frame.end = forward.length + 1;
          forward.push(frame);
          ofForward.set(group, frame);
        }
        if (forward.length === 0) return;
        if (svg !== document.documentElement) {
          // On a page the picture's own title would be a tooltip everywhere in it.
          const title = svg.querySelector("title");
          svg.setAttribute("aria-label", title.textContent);
          title.remove();
        }
        for (let i = forward.length - 1; i > 0; i--) forward[i].parent.end = Math.max(forward[i].parent.end, forward[i].end);

        // What is shown: the graph as it was drawn, or turned around.
        let frames = forward, backward = null, ofGroup = ofForward;
        const depthOf = (list) => list.reduce((most, frame) => Math.max(most, frame.depth), 0);
        let deepest = depthOf(forward);
        let width = svg.viewBox.baseVal.width, height = svg.viewBox.baseVal.height;
        let zoom = frames[0], chosen = null, hovered = null, focused = "", icicle = settings.icicle;

        const make = (space, name, parent, properties) => {
          const element = document.createElementNS(space, name);
          for (const key in properties || {}) element.setAttribute(key, properties[key]);
          parent.appendChild(element);
          return element;
        };
        const percent = (part, whole) => whole > 0 && part === whole ? "100%"
          : (whole > 0 ? part / whole * 100 : 0).toFixed(2) + "%";
        const quantity = (scaled) => {
          const value = scaled / settings.steps[2];
          for (const [size, name] of settings.steps[0]) {
            if (value < size) continue;
            const n = value / size;
            return (n < 9.995 ? n.toFixed(2) : n < 99.95 ? n.toFixed(1) : Math.round(n).toLocaleString("en-US")) + " " + name;
          }
          return value.toLocaleString("en-US", { maximumFractionDigits: 6 }) + " " + settings.steps[1];
        };

        // Labels: as FrameLabel.swift.
        \#(FrameLabelScript.source)

        // Turned around.
        \#(ReversedScript.source)

        // What remains of every frame under hide and focus; from the end, so that callees come before their callers.
        const measure = () => {
          for (const frame of frames) {
            frame.inside = !focused || frame.name === focused || (frame.parent !== null && frame.parent.inside);
            frame.shown = frame.inside ? frame.weight - frame.children : 0;
          }
          for (let i = frames.length - 1; i >= 0; i--) {
            const frame = frames[i];
            if (frame.hidden) frame.shown = 0;
            if (frame.parent) frame.parent.shown += frame.shown;
          }
        };

        const row = (frame) => HEADER + (icicle ? frame.depth : deepest - frame.depth) * ROW;
        const draw = () => {
          while (zoom.parent && zoom.shown <= 0) zoom = zoom.parent;
          // A chart keeps its time, whatever is hidden.
          const whole = settings.chart ? zoom.weight : zoom.shown;
          const scale = zoom.shown > 0 ? (width - 2 * MARGIN) / whole : 0;
          const callers = new Set();
          for (let f = zoom.parent; f; f = f.parent) callers.add(f);
          for (const frame of frames) {
            const above = frame === zoom || callers.has(frame);
            frame.taken = 0;
            if (above) {
              frame.x = MARGIN;
              frame.width = width - 2 * MARGIN;
            } else if (frame.parent.drawn && !callers.has(frame.parent)) {
              frame.x = settings.chart ? MARGIN + (frame.start - zoom.start) * scale : frame.parent.x + frame.parent.taken;
              frame.width = (settings.chart && frame.shown > 0 ? frame.weight : frame.shown) * scale;
              frame.parent.taken += frame.width;
            } else {
              frame.width = 0;
            }
            frame.drawn = above || frame.width >= 0.05;
            if (!frame.drawn) {
              frame.group.setAttribute("display", "none");
              continue;
            }
            frame.group.removeAttribute("display");
            frame.group.classList.toggle("caller", callers.has(frame));
            const y = row(frame);
            frame.rect.setAttribute("x", frame.x.toFixed(2));
            frame.rect.setAttribute("y", y);
            frame.rect.setAttribute("width", (frame.width > 3 ? frame.width - 0.7 : frame.width * 0.8).toFixed(2));
            const label = fit(frame.name, Math.floor((frame.width - 2 * INSET) / COLUMN));
            if (label) {
              frame.text = frame.text || make(SVG, "text", frame.group);
              frame.text.setAttribute("x", (frame.x + INSET).toFixed(2));
              frame.text.setAttribute("y", y + 12.5);
              if (frame.text.textContent !== label) frame.text.textContent = label;
            } else if (frame.text) {
              frame.text.remove();
              frame.text = null;
            }
          }
        };

        // Controls
        const heading = svg.querySelector(".heading"), title = heading.textContent;
        const subtitle = svg.querySelector(".subtitle"), subtitleText = subtitle.textContent;
        const top = make(SVG, "g", svg);
        make(SVG, "rect", top, { class: "page", width: "100%", height: HEADER - 4 });
        top.append(heading, subtitle);
        const status = make(SVG, "text", top, { class: "status", y: 53, "aria-live": "polite" });
        const box = make(SVG, "foreignObject", top, { y: 8, height: 28 });
        const bar = make(XHTML, "div", box, { class: "controls" });
        const matched = make(XHTML, "span", bar, { class: "matched", "aria-live": "polite" });
        const input = make(XHTML, "input", bar, {
          type: "search", placeholder: "Search  ( / )", "aria-label": "Search frames", spellcheck: "false", autocomplete: "off",
        });
        const button = (label, hint, action) => {
          const element = make(XHTML, "button", bar, { type: "button", title: hint });
          element.textContent = label;
          element.addEventListener("click", action);
          return element;
        };
        const expression = button(".*", "Search by regular expression", () => {
          expression.setAttribute("aria-pressed", expression.getAttribute("aria-pressed") !== "true");
          search();
        });
        expression.setAttribute("aria-pressed", "false");
        const reverse = settings.diff || settings.chart ? null : button("Reverse", "Leaves at the root (R)", () => turn());
        if (reverse) reverse.setAttribute("aria-pressed", "false");
        button("Flip", "Callers above or below (I)", () => flip());
        button("Reset", "Show everything again (Esc)", () => reset());

        const HINT = "click zoom · / search · H hide · F focus · " + (reverse ? "R reverse · " : "") + "I flip · Esc reset";
        const shorten = (element, text, room) => {
          element.textContent = text;
          if (text === "" || element.getComputedTextLength() <= room) return;
          let low = 0, high = text.length;
          while (low < high) {
            const middle = (low + high + 1) >> 1;
            element.textContent = text.slice(0, middle) + "…";
            if (element.getComputedTextLength() <= room) low = middle; else high = middle - 1;
          }
          element.textContent = low ? text.slice(0, low) + "…" : "";
        };
        const report = () => {
          const state = [];
          const hidden = frames.filter((frame) => frame.hidden).length;
          if (frames === backward) state.push("reversed");
          if (zoom.parent) state.push("zoomed to " + percent(zoom.shown, frames[0].shown));
          if (focused) state.push("focus on " + (focused.length > 40 ? focused.slice(0, 39) + "…" : focused));
          if (hidden) state.push(hidden + " hidden (U shows again)");
          const busy = state.length > 0;
          if (busy) state.push("Esc resets");
          subtitle.textContent = subtitleText;
          shorten(status, busy ? state.join(" · ") : HINT, busy ? width - 2 * MARGIN : Infinity);
          const taken = status.getComputedTextLength() + 24;
          // The hint gives way to the subtitle, the state does not.
          if (!busy && taken + subtitle.getComputedTextLength() > width - 2 * MARGIN) status.textContent = "";
          shorten(subtitle, subtitleText, width - 2 * MARGIN - (status.textContent ? taken : 0));
        };
        const arrange = () => {
          const controls = Math.min(reverse ? 590 : 520, width - 2 * MARGIN);
          // On a narrow picture the controls take the title's place.
          const room = width - 2 * MARGIN - (reverse ? 490 : 420);
          heading.style.display = room < 60 ? "none" : "";
          if (room >= 60) shorten(heading, title, room);
          box.setAttribute("x", width - MARGIN - controls);
          box.setAttribute("width", controls);
          status.setAttribute("x", width - MARGIN);
          report();
        };

        // Search
        const search = () => {
          const wanted = input.value;
          let test = null;
          input.classList.remove("bad");
          if (wanted && expression.getAttribute("aria-pressed") === "true") {
            try {
              const pattern = new RegExp(wanted, "i");
              test = (text) => pattern.test(text);
            } catch (_) {
              input.classList.add("bad");
            }
          } else if (wanted) {
            const lower = wanted.toLowerCase();
            test = (text) => text.toLowerCase().includes(lower);
          }
          const known = new Map();
          let sum = 0, count = 0, until = 0;
          for (const frame of frames) {
            let hit = false;
            if (test && frame.parent) {
              hit = known.get(frame.name);
              if (hit === undefined) {
                hit = test(frame.name) || (frame.full !== "" && test(frame.full));
                known.set(frame.name, hit);
              }
            }
            frame.group.classList.toggle("hit", hit);
            if (!hit || frame.shown <= 0) continue;
            count++;
            // A match inside a match is counted once.
            if (frame.index < until) continue;
            sum += frame.shown;
            until = frame.end;
          }
          layer.classList.toggle("searching", test !== null);
          matched.textContent = test ? percent(sum, frames[0].shown) + " in " + count.toLocaleString("en-US")
            + (count === 1 ? " frame" : " frames") : "";
        };

        // Links: #ID=KEY, joined by & where several pictures share a page.
        const others = () => location.hash.slice(1).split("&").filter((part) => part && !part.startsWith(svg.id + "="));
        const remember = () => {
          const parts = others();
          if (zoom.parent) parts.push(svg.id + "=" + (frames === backward ? "r" : "") + zoom.key.toString(16));
          const target = parts.length ? "#" + parts.join("&") : "";
          if (target === location.hash) return;
          try {
            history.pushState(null, "", target || location.href.split("#")[0]);
          } catch (_) { /* a page may forbid it; the zoom works without a link */ }
        };
        const follow = () => {
          const part = location.hash.slice(1).split("&").find((part) => part.startsWith(svg.id + "="));
          const link = part ? part.slice(svg.id.length + 1) : "", isBackward = link.startsWith("r");
          if (reverse && part && isBackward !== (frames === backward)) turn();
          const key = parseInt(link.slice(isBackward ? 1 : 0), 16);
          const target = frames.find((frame) => frame.key === key) || frames[0];
          if (target === zoom) return;
          zoom = target;
          draw();
          report();
          reveal(zoom);
        };

        const resize = () => {
          const tall = HEADER + (deepest + 1) * ROW + FOOTER;
          width = alone ? Math.max(320, document.documentElement.clientWidth || window.innerWidth) : width;
          height = alone ? Math.max(tall, window.innerHeight) : tall;
          svg.setAttribute("width", width);
          svg.setAttribute("height", height);
          svg.setAttribute("viewBox", "0 0 " + width + " " + height);
          arrange();
        };

        // A tall picture is scrolled under its heading, which stays.
        const reveal = (frame) => {
          if (!alone) return;
          const y = row(frame);
          if (y >= window.scrollY + HEADER && y + ROW <= window.scrollY + window.innerHeight) return;
          window.scrollTo(0, y - window.innerHeight / 2);
        };

        // Actions
        const show = () => { measure(); draw(); search(); report(); };
        const zoomTo = (frame) => {
          zoom = frame;
          draw();
          remember();
          report();
        };
        const reset = () => {
          for (const frame of frames) frame.hidden = false;
          focused = "";
          zoom = frames[0];
          input.value = "";
          choose(null);
          show();
          remember();
        };
        // Which frames are shown changes, and with them how tall the picture is.
        const turn = () => {
          if (!reverse) return;
          choose(null);
          hovered = null;
          for (const frame of frames) {
            frame.hidden = false;
            if (frame.parent) frame.group.setAttribute("display", "none");
          }
          focused = "";
          const next = frames === forward ? backward = backward || turnedAround() : forward;
          // The root's box is in both.
          next[0].text = frames[0].text;
          frames = next;
          ofGroup = next === forward ? ofForward : ofBackward;
          reverse.setAttribute("aria-pressed", frames === backward ? "true" : "false");
          zoom = frames[0];
          deepest = depthOf(frames);
          resize();
          show();
          remember();
        };
        const flip = () => {
          icicle = !icicle;
          draw();
          if (chosen) choose(chosen);
        };
        const choose = (frame) => {
          if (chosen) chosen.group.classList.remove("chosen");
          chosen = frame;
          if (!frame) return hideTip();
          frame.group.classList.add("chosen");
          // Last in its layer, so that no neighbour covers the outline.
          layer.appendChild(frame.group);
          layer.setAttribute("aria-label", frame.name + " (" + frame.caption + ")");
          reveal(frame);
          showTip(frame, Math.max(frame.x, MARGIN) + 8, row(frame) + ROW / 2);
        };
        const hide = (frame) => {
          if (!frame || !frame.parent) return;
          frame.hidden = true;
          if (frame === chosen) choose(null);
          hovered = null;
          hideTip();
          show();
        };
        const focus = (frame) => {
          if (!frame || !frame.parent) return;
          focused = focused === frame.name ? "" : frame.name;
          zoom = frames[0];
          hideTip();
          show();
          remember();
        };

        // Tooltip
        const tipBox = make(SVG, "foreignObject", svg, { width: 1, height: 1, display: "none", "pointer-events": "none" });
        const tip = make(XHTML, "div", tipBox, { class: "tip" });
        const line = (tag, text) => { if (text) make(XHTML, tag, tip).textContent = text; };
        const hideTip = () => tipBox.setAttribute("display", "none");
        const showTip = (frame, x, y) => {
          tip.textContent = "";
          line("b", frame.name);
          line("code", frame.full);
          const all = frames[0].shown, changed = frame.shown !== frame.weight || all !== frames[0].weight;
          let words = changed && !settings.diff ? quantity(frame.shown) + ", " + percent(frame.shown, all) : frame.caption;
          if (changed && !settings.diff) words += " of what is shown";
          else if (!settings.diff) words += " of all";
          if (zoom.parent && frame.depth >= zoom.depth) words += " · " + percent(frame.shown, zoom.shown) + " of the zoomed frame";
          line("div", words);
          if (!settings.diff && !changed && frame.own) line("div", "self " + quantity(frame.own) + ", " + percent(frame.own, frames[0].weight));
          line("div", frame.note);
          tipBox.removeAttribute("display");
          tip.style.maxWidth = Math.min(620, width - 2 * MARGIN) + "px";
          const w = tip.offsetWidth, h = tip.offsetHeight, screen = svg.getScreenCTM();
          const bottom = screen ? (window.innerHeight - screen.f) / screen.d : height;
          tipBox.setAttribute("x", Math.max(MARGIN, Math.min(x + 14, width - MARGIN - w)));
          tipBox.setAttribute("y", y + 18 + h > bottom && y - h - 12 > (screen ? -screen.f / screen.d : 0) ? y - h - 12 : y + 18);
          tipBox.setAttribute("width", w);
          tipBox.setAttribute("height", h);
        };
        const at = (event) => {
          const group = event.target.closest ? event.target.closest(".frame") : null;
          return (group && ofGroup.get(group)) || null;
        };
        layer.addEventListener("pointermove", (event) => {
          hovered = at(event);
          const screen = svg.getScreenCTM();
          if (!hovered || !screen) return hideTip();
          showTip(hovered, (event.clientX - screen.e) / screen.a, (event.clientY - screen.f) / screen.d);
        });
        layer.addEventListener("pointerleave", () => { hovered = null; hideTip(); });
        layer.addEventListener("click", (event) => {
          const frame = at(event);
          if (frame) zoomTo(frame);
        });

        // Keys
        const neighbour = (frame, step) => {
          const level = frames.filter((f) => f.depth === frame.depth && f.drawn).sort((a, b) => a.x - b.x);
          return level[level.indexOf(frame) + step] || frame;
        };
        const callee = (frame) => frames.reduce((best, f) => f.parent === frame && f.drawn && (!best || f.width > best.width) ? f : best, null);
        const onKey = (event) => {
          if (event.defaultPrevented || event.altKey) return;
          const command = event.ctrlKey || event.metaKey, typing = event.target === input;
          if (command && event.key.toLowerCase() === "f" && !typing || event.key === "/" && !command && !typing) {
            event.preventDefault();
            input.focus();
            input.select();
            return;
          }
          if (event.key === "Escape") {
            event.preventDefault();
            if (typing) input.blur();
            if (input.value) {
              input.value = "";
              search();
            } else {
              reset();
            }
            return;
          }
          if (command || typing) return;
          const current = chosen || zoom, pick = hovered || chosen;
          const move = (frame) => { if (frame) choose(frame); };
          switch (event.key) {
            case "ArrowUp": move(icicle ? current.parent : chosen ? callee(current) : current); break;
            case "ArrowDown": move(icicle ? (chosen ? callee(current) : current) : current.parent); break;
            case "ArrowLeft": move(neighbour(current, -1)); break;
            case "ArrowRight": move(neighbour(current, 1)); break;
            case "Home": move(zoom); break;
            case "Enter":
              // On a button, Enter is the button's.
              if (event.target.tagName === "button" || !chosen) return;
              zoomTo(chosen);
              choose(chosen);
              break;
            case "h": case "H": hide(pick); break;
            case "f": case "F": focus(pick); break;
            case "i": case "I": flip(); break;
            case "r": case "R": turn(); break;
            case "u": case "U":
              for (const frame of frames) frame.hidden = false;
              show();
              break;
            default: return;
          }
          event.preventDefault();
        };
        input.addEventListener("input", search);
        layer.setAttribute("tabindex", "0");
        layer.setAttribute("role", "application");
        layer.setAttribute("aria-label", "Flame graph: arrow keys move, Enter zooms");
        layer.addEventListener("focus", () => { if (!chosen && layer.matches(":focus-visible")) choose(zoom); });
        // In a page of others, keys are ours only while the picture has the focus.
        (alone ? window : svg).addEventListener("keydown", onKey);
        window.addEventListener("hashchange", follow);

        if (alone) {
          svg.style.maxWidth = "none";
          window.addEventListener("resize", () => { resize(); draw(); });
          window.addEventListener("scroll", () => top.setAttribute("transform", "translate(0," + window.scrollY + ")"));
          resize();
          draw();
          // Begin where the callers are.
          if (!icicle) window.scrollTo(0, height);
        } else {
          arrange();
        }
        follow();
        }
        """#
}
