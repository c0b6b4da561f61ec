import Foundation

/// Frames of a picture, found by the name in their tooltip.
extension BrowserPage {
    struct Rectangle: Equatable {
        var x: Double
        var y: Double
        var width: Double
        var height: Double
    }

    /// The frame's group: the first of that name, in the order of the file. Names live in the script alone, so each group
    /// is asked for its tooltip by a pointer event.
    private func group(_ name: String, in scope: String) throws -> String {
        let wanted = String(decoding: try JSONEncoder().encode(name), as: UTF8.self)
        return """
            (() => {
              const scope = document.querySelector('\(scope)');
              const svg = scope.matches('svg') ? scope : scope.querySelector('svg');
              for (const g of svg.querySelectorAll('.frame')) {
                g.dispatchEvent(new PointerEvent('pointermove', { bubbles: true }));
                const found = svg.querySelector('.tip b').textContent === \(wanted);
                svg.querySelector('.frames').dispatchEvent(new Event('pointerleave'));
                if (found) return g;
              }
              throw new Error('no frame ' + \(wanted));
            })()
            """
    }

    /// The drawn rectangle, in the picture's own units.
    func rectangle(ofFrame name: String, in scope: String = "svg") throws -> Rectangle {
        let numbers = try evaluate(
            """
            (rect => ['x', 'y', 'width', 'height'].map(key => Number(rect.getAttribute(key))))(
              \(group(name, in: scope)).querySelector('rect'))
            """)
        let values = (numbers as? [NSNumber] ?? []).map(\.doubleValue)
        guard values.count == 4 else { throw Browser.Failure.refused("no rectangle of \(name)") }
        return Rectangle(x: values[0], y: values[1], width: values[2], height: values[3])
    }

    func isShown(_ name: String, in scope: String = "svg") throws -> Bool {
        try evaluate("\(group(name, in: scope)).getAttribute('display') !== 'none'") as? Bool ?? false
    }

    /// Where to point at a frame, in the window.
    func center(ofFrame name: String, in scope: String = "svg") throws -> Point {
        let numbers = try evaluate(
            """
            (box => [box.left + box.width / 2, box.top + box.height / 2])(
              \(group(name, in: scope)).querySelector('rect').getBoundingClientRect())
            """)
        let values = (numbers as? [NSNumber] ?? []).map(\.doubleValue)
        guard values.count == 2 else { throw Browser.Failure.refused("no place of \(name)") }
        return Point(x: values[0], y: values[1])
    }

    /// Asks again until the expression is true, as long as the browser's patience lasts.
    func wait(until expression: String) throws {
        let deadline = Date().addingTimeInterval(Browser.patience)
        while try evaluate(expression) as? Bool != true {
            if Date() > deadline { throw Browser.Failure.timedOut(expression) }
        }
    }
}
