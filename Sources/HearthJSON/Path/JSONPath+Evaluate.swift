extension JSONPath {
    /// The values that it selects, in the order of RFC 9535; a node that several selectors select comes several times.
    ///
    /// A segment without `..` takes time in proportion to the nodes it looks at, `..` to all that is below them. Several `..`, filters
    /// with queries from the root, and many selectors in a bracket multiply: queries of strangers want small documents.
    public func values(in document: JSONValue) -> [JSONValue] {
        if query.isSingular { return PathEvaluation(root: document).single(query, from: document).map { [$0] } ?? [] }
        return PathEvaluation(root: document).items(query, from: PlainItem(value: document)).map(\.value)
    }

    /// The nodes that it selects, each with its place; as ``values(in:)``.
    public func nodes(in document: JSONValue) -> [Node] {
        PathEvaluation(root: document).items(query, from: TracedItem(value: document, trail: nil))
            .map { Node(location: $0.location, value: $0.value) }
    }
}

/// A value on the way through a query, which may know where it stands.
protocol PathItem {
    var value: JSONValue { get }
    func member(_ name: String, _ value: JSONValue) -> Self
    func element(_ index: Int, _ value: JSONValue) -> Self
}

struct PlainItem: PathItem {
    let value: JSONValue

    func member(_ name: String, _ value: JSONValue) -> PlainItem { PlainItem(value: value) }
    func element(_ index: Int, _ value: JSONValue) -> PlainItem { PlainItem(value: value) }
}

struct TracedItem: PathItem {
    /// From the innermost step outwards: what items have in common, they share.
    final class Trail {
        let before: Trail?
        let step: JSONPath.Location.Step

        init(_ before: Trail?, _ step: JSONPath.Location.Step) {
            self.before = before
            self.step = step
        }
    }

    let value: JSONValue
    let trail: Trail?

    func member(_ name: String, _ value: JSONValue) -> TracedItem {
        TracedItem(value: value, trail: Trail(trail, .member(name)))
    }

    func element(_ index: Int, _ value: JSONValue) -> TracedItem {
        TracedItem(value: value, trail: Trail(trail, .element(index)))
    }

    var location: JSONPath.Location {
        var steps: [JSONPath.Location.Step] = []
        var rest = trail
        while let trail = rest {
            steps.append(trail.step)
            rest = trail.before
        }
        return JSONPath.Location(steps.reversed())
    }
}

/// One evaluation. Recurses as deep as filters nest in the query, and not with the document.
struct PathEvaluation {
    let root: JSONValue

    func items<Item: PathItem>(_ query: PathQuery, from start: Item) -> [Item] {
        var items = [start]
        for segment in query.segments {
            var next: [Item] = []
            for item in items {
                if segment.isDescendant {
                    selectDescendants(segment.selectors, of: item, into: &next)
                } else {
                    for selector in segment.selectors { select(selector, of: item, into: &next) }
                }
            }
            items = next
            if items.isEmpty { break }
        }
        return items
    }

    /// What a singular query selects.
    func single(_ query: PathQuery, from start: JSONValue) -> JSONValue? {
        var value = start
        for segment in query.segments {
            switch (segment.selectors[0], value) {
            case (.name(let name), .object(let object)):
                guard let member = object[name] else { return nil }
                value = member
            case (.index(let index), .array(let elements)):
                guard let place = Self.place(index, of: elements.count) else { return nil }
                value = elements[place]
            default:
                return nil
            }
        }
        return value
    }

    private static func place(_ index: Int, of count: Int) -> Int? {
        let place = index < 0 ? count + index : index
        return 0..<count ~= place ? place : nil
    }

    private func selectDescendants<Item: PathItem>(_ selectors: [PathSelector], of item: Item, into found: inout [Item])
    {
        // Innermost last: parents come before what is in them, and elements in their order.
        var pending = [item]
        while let item = pending.popLast() {
            for selector in selectors { select(selector, of: item, into: &found) }
            let first = pending.count
            select(.wildcard, of: item, into: &pending)
            pending[first...].reverse()
        }
    }

    private func select<Item: PathItem>(_ selector: PathSelector, of item: Item, into found: inout [Item]) {
        switch (selector, item.value) {
        case (.name(let name), .object(let object)):
            if let value = object[name] { found.append(item.member(name, value)) }
        case (.index(let index), .array(let elements)):
            if let place = Self.place(index, of: elements.count) { found.append(item.element(place, elements[place])) }
        case (.wildcard, .array(let elements)):
            for (place, element) in elements.enumerated() { found.append(item.element(place, element)) }
        case (.wildcard, .object(let object)):
            for (name, value) in object { found.append(item.member(name, value)) }
        case (.slice(let slice), .array(let elements)):
            for place in slice.places(of: elements.count) { found.append(item.element(place, elements[place])) }
        case (.filter(let filter), .array(let elements)):
            for (place, element) in elements.enumerated() where isTrue(filter, element) {
                found.append(item.element(place, element))
            }
        case (.filter(let filter), .object(let object)):
            for (name, value) in object where isTrue(filter, value) { found.append(item.member(name, value)) }
        default:
            break
        }
    }

    // MARK: Filters

    private func isTrue(_ filter: PathFilter, _ current: JSONValue) -> Bool {
        switch filter {
        case .any(let terms): terms.contains { isTrue($0, current) }
        case .all(let terms): terms.allSatisfy { isTrue($0, current) }
        case .not(let inner): !isTrue(inner, current)
        case .exists(let query):
            query.isSingular ? single(query, from: start(query, current)) != nil : !nodes(query, current).isEmpty
        case .test(let call): isTrue(call, current)
        case .comparison(let left, let comparison, let right):
            comparison.holds(value(left, current), value(right, current))
        }
    }

    private func start(_ query: PathQuery, _ current: JSONValue) -> JSONValue { query.isAbsolute ? root : current }

    private func nodes(_ query: PathQuery, _ current: JSONValue) -> [PlainItem] {
        items(query, from: PlainItem(value: start(query, current)))
    }

    /// Nil for what RFC 9535 calls Nothing.
    private func value(_ operand: PathOperand, _ current: JSONValue) -> JSONValue? {
        switch operand {
        case .literal(let value): value
        case .query(let query): single(query, from: start(query, current))
        case .call(let call): value(call, current)
        }
    }

    // MARK: Functions

    private func value(_ call: PathCall, _ current: JSONValue) -> JSONValue? {
        switch (call.function, call.arguments[0]) {
        case (.length, .value(let operand)):
            switch value(operand, current) {
            case .string(let text): .integer(Int64(text.unicodeScalars.count))
            case .array(let elements): .integer(Int64(elements.count))
            case .object(let object): .integer(Int64(object.count))
            default: nil
            }
        case (.count, .nodes(let query)): .integer(Int64(nodes(query, current).count))
        case (.value, .nodes(let query)): only(nodes(query, current))
        default: nil
        }
    }

    private func only(_ nodes: [PlainItem]) -> JSONValue? { nodes.count == 1 ? nodes[0].value : nil }

    private func isTrue(_ call: PathCall, _ current: JSONValue) -> Bool {
        guard case .value(let first) = call.arguments[0], case .string(let text) = value(first, current),
            let pattern = pattern(of: call, current)
        else { return false }
        return call.function == .match ? pattern.matches(text) : pattern.isFound(in: text)
    }

    private func pattern(of call: PathCall, _ current: JSONValue) -> IRegexp? {
        if case .fixed(let pattern) = call.pattern { return pattern }
        guard case .value(let second) = call.arguments[1], case .string(let text) = value(second, current) else {
            return nil
        }
        return IRegexp(text)
    }
}

extension PathComparison {
    /// Nothing (nil) is equal to Nothing alone.
    func holds(_ left: JSONValue?, _ right: JSONValue?) -> Bool {
        switch self {
        case .equal: left == right
        case .unequal: left != right
        case .less: Self.isLess(left, right)
        case .greater: Self.isLess(right, left)
        case .atMost: Self.isLess(left, right) || left == right
        case .atLeast: Self.isLess(right, left) || left == right
        }
    }

    private static func isLess(_ left: JSONValue?, _ right: JSONValue?) -> Bool {
        guard let left, let right else { return false }
        return left.isLess(than: right)
    }
}

extension PathSlice {
    /// The elements that it selects of so many, in its order.
    func places(of count: Int) -> StrideTo<Int> {
        let step = step ?? 1
        func normal(_ index: Int) -> Int { index < 0 ? count + index : index }
        if step > 0 {
            let first = min(max(normal(start ?? 0), 0), count)
            let end = min(max(normal(end ?? count), 0), count)
            return stride(from: first, to: end, by: step)
        }
        if step == 0 { return stride(from: 0, to: 0, by: 1) }
        let first = min(max(normal(start ?? count - 1), -1), count - 1)
        // Left out, it lies before the first element, where no index can point.
        let end = end.map { min(max(normal($0), -1), count - 1) } ?? -1
        return stride(from: first, to: end, by: step)
    }
}
