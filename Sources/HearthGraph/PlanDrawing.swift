/// Where everything of a plan's picture stands: columns of boxes from left to right, lines that go around boxes. Pure; units are
/// those of SVG.
struct PlanDrawing {
    struct Box: Hashable {
        let slot: Int
        let title: String
        let detail: String
        var x = 0.0
        var y = 0.0
        var width: Double
        static let height = 38.0
    }

    struct Line: Hashable {
        /// Points that it passes, left to right.
        let points: [Point]
        let isCritical: Bool
    }

    struct Point: Hashable {
        var x: Double
        var y: Double
    }

    /// Steps that run together, around their boxes.
    struct Frame: Hashable {
        let title: String
        let x: Double
        let y: Double
        let width: Double
        let height: Double
    }

    private(set) var boxes: [Box] = []
    private(set) var lines: [Line] = []
    private(set) var frames: [Frame] = []
    private(set) var width = 0.0
    private(set) var height = 0.0

    private static let columnGap = 56.0
    private static let rowGap = 18.0
    static let margin = 24.0
    /// Of a letter of the title, about; of the detail less.
    private static let letterWidth = 7.4

    /// What stands in a column: a box, or a line that passes through.
    private enum Item: Hashable {
        case box(Int)
        case passing(from: Int, to: Int)
    }

    init(_ plan: ExecutionPlan) {
        let base = plan.sources.count
        let columnOf = Self.columns(plan)
        var columns: [[Item]] = Array(repeating: [], count: (columnOf.max() ?? 0) + 1)
        for (slot, column) in columnOf.enumerated() { columns[column].append(.box(slot)) }
        var edges: [(from: Int, to: Int)] = []
        for (step, node) in plan.steps.enumerated() {
            for slot in Set(node.inputs).sorted() {
                edges.append((slot, base + step))
                for column in columnOf[slot] + 1..<columnOf[base + step] {
                    columns[column].append(.passing(from: slot, to: base + step))
                }
            }
        }
        let neighbours = Self.neighbours(edges, columnOf)
        Self.untangle(&columns, neighbours, plan)
        let places = place(columns, plan)
        drawLines(edges, columnOf, places, plan)
        drawFrames(plan)
    }

    /// By slot. Sources stand just before their first reader, nodes that meet in one column.
    private static func columns(_ plan: ExecutionPlan) -> [Int] {
        let base = plan.sources.count
        var column = Array(repeating: 0, count: base + plan.steps.count)
        for unit in plan.units {
            let meets = unit.kind != .chain
            var last = 0
            for step in unit.steps {
                let first = plan.steps[step].inputs.reduce(1) { max($0, column[$1] + 1) }
                column[base + step] = first
                last = max(last, first)
            }
            if meets { for step in unit.steps { column[base + step] = last } }
        }
        for slot in 0..<base {
            let readers = plan.steps.indices.filter { plan.steps[$0].inputs.contains(slot) }
            column[slot] = max(0, (readers.map { column[base + $0] }.min() ?? 1) - 1)
        }
        return column
    }

    private static func neighbours(
        _ edges: [(from: Int, to: Int)], _ columnOf: [Int]
    ) -> [Item: (before: [Item], after: [Item])] {
        var neighbours: [Item: (before: [Item], after: [Item])] = [:]
        for (from, to) in edges {
            var items: [Item] = [.box(from)]
            items += (columnOf[from] + 1..<columnOf[to]).map { _ in .passing(from: from, to: to) }
            items.append(.box(to))
            for (one, other) in zip(items, items.dropFirst()) where one != other {
                neighbours[one, default: ([], [])].after.append(other)
                neighbours[other, default: ([], [])].before.append(one)
            }
        }
        return neighbours
    }

    /// Puts what belongs together side by side: each item near the middle of what it is linked to, again and again. Those that meet
    /// stay together.
    private static func untangle(
        _ columns: inout [[Item]], _ neighbours: [Item: (before: [Item], after: [Item])], _ plan: ExecutionPlan
    ) {
        for round in 0..<8 {
            var position: [[Item: Double]] = columns.map { column in
                Dictionary(uniqueKeysWithValues: column.enumerated().map { ($1, Double($0) / Double(column.count)) })
            }
            let order = round % 2 == 0 ? Array(columns.indices) : columns.indices.reversed()
            for column in order {
                func middle(_ item: Item) -> Double {
                    let (before, after) = neighbours[item] ?? ([], [])
                    let linked = round % 2 == 0 ? before : after
                    let near = round % 2 == 0 ? column - 1 : column + 1
                    guard position.indices.contains(near) else { return position[column][item] ?? 0 }
                    let places = linked.compactMap { position[near][$0] ?? position[near][item] }
                    return places.isEmpty ? position[column][item] ?? 0 : places.reduce(0, +) / Double(places.count)
                }
                func group(_ item: Item) -> Int? {
                    guard case .box(let slot) = item, slot >= plan.sources.count else { return nil }
                    let unit = plan.steps[slot - plan.sources.count].unit
                    return plan.units[unit].kind == .chain ? nil : unit
                }
                var middles: [Item: Double] = [:]
                for item in columns[column] { middles[item] = middle(item) }
                var ofGroup: [Int: (sum: Double, count: Double)] = [:]
                for item in columns[column] {
                    guard let group = group(item) else { continue }
                    ofGroup[group, default: (0, 0)].sum += middles[item] ?? 0
                    ofGroup[group, default: (0, 0)].count += 1
                }
                func key(_ item: Item) -> (Double, Int, Double) {
                    guard let group = group(item), let all = ofGroup[group] else { return (middles[item] ?? 0, -1, 0) }
                    return (all.sum / all.count, group, middles[item] ?? 0)
                }
                let sorted = columns[column].enumerated().sorted { one, other in
                    let (a, b) = (key(one.element), key(other.element))
                    return a == b ? one.offset < other.offset : a < b
                }
                columns[column] = sorted.map(\.element)
                for (place, item) in columns[column].enumerated() {
                    position[column][item] = Double(place) / Double(columns[column].count)
                }
            }
        }
    }

    private mutating func place(_ columns: [[Item]], _ plan: ExecutionPlan) -> [Int: [Item: Point]] {
        func rowHeight(_ item: Item) -> Double { if case .box = item { Box.height } else { 6 } }
        func columnHeight(_ column: [Item]) -> Double {
            column.reduce(-Self.rowGap) { $0 + rowHeight($1) + Self.rowGap }
        }
        let tallest = columns.map(columnHeight).max() ?? 0
        var places: [Int: [Item: Point]] = [:]
        var x = Self.margin
        for (number, column) in columns.enumerated() {
            let made = column.map { item -> Box? in
                guard case .box(let slot) = item else { return nil }
                return Self.box(slot, plan)
            }
            let columnWidth = made.compactMap { $0?.width }.max() ?? 0
            var y = Self.margin + (tallest - columnHeight(column)) / 2
            for (item, box) in zip(column, made) {
                if var box {
                    box.x = x + (columnWidth - box.width) / 2
                    box.y = y
                    boxes.append(box)
                }
                places[number, default: [:]][item] = Point(x: x, y: y + rowHeight(item) / 2)
                y += rowHeight(item) + Self.rowGap
            }
            x += columnWidth + Self.columnGap
        }
        width = x - Self.columnGap + Self.margin
        height = tallest + 2 * Self.margin
        columnWidths = columns.indices.map { number in
            boxes.filter { box in columns[number].contains(.box(box.slot)) }.map(\.width).max() ?? 0
        }
        return places
    }

    private var columnWidths: [Double] = []

    private static func box(_ slot: Int, _ plan: ExecutionPlan) -> Box {
        let base = plan.sources.count
        let title = plan.name(ofSlot: slot)
        let detail = slot < base ? plan.sources[slot].type.description : plan.steps[slot - base].output.description
        let letters = Double(max(title.count, Int(Double(detail.count) * 0.85)))
        return Box(slot: slot, title: title, detail: detail, width: max(60, letters * letterWidth + 20))
    }

    private mutating func drawLines(
        _ edges: [(from: Int, to: Int)], _ columnOf: [Int], _ places: [Int: [Item: Point]], _ plan: ExecutionPlan
    ) {
        let base = plan.sources.count
        let way = plan.criticalPath()
        let critical = Set(zip(way, way.dropFirst()).map { [$0 + base, $1 + base] })
        let boxOf = Dictionary(uniqueKeysWithValues: boxes.map { ($0.slot, $0) })
        for (from, to) in edges {
            guard let start = boxOf[from], let end = boxOf[to] else { continue }
            var points = [Point(x: start.x + start.width, y: start.y + Box.height / 2)]
            for column in columnOf[from] + 1..<columnOf[to] {
                guard let place = places[column]?[.passing(from: from, to: to)] else { continue }
                points.append(place)
                points.append(Point(x: place.x + columnWidths[column], y: place.y))
            }
            points.append(Point(x: end.x, y: end.y + Box.height / 2))
            lines.append(Line(points: points, isCritical: critical.contains([from, to])))
        }
    }

    private mutating func drawFrames(_ plan: ExecutionPlan) {
        let base = plan.sources.count
        for unit in plan.units {
            guard case .dispatch(let model) = unit.kind else { continue }
            let inside = boxes.filter { $0.slot >= base && unit.steps.contains($0.slot - base) }
            guard let left = inside.map(\.x).min(), let top = inside.map(\.y).min(),
                let right = inside.map({ $0.x + $0.width }).max(), let bottom = inside.map(\.y).max()
            else { continue }
            frames.append(
                Frame(
                    title: model, x: left - 9, y: top - 16, width: right - left + 18,
                    height: bottom - top + Box.height + 24))
        }
    }
}
