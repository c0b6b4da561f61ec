import Foundation
import Synchronization

/// Swift without `await`: generics, closures, witnesses, errors, the standard library, reference counts.
enum SwiftCases {
    static let all = [
        StepCase(name: "Swift: generics", body: generics),
        StepCase(name: "Swift: closures", body: closures),
        StepCase(name: "Swift: protocols", body: protocols),
        StepCase(name: "Swift: errors", body: errors),
        StepCase(name: "Swift: arrays", body: arrays),
        StepCase(name: "Swift: strings", body: strings),
        StepCase(name: "Swift: dictionaries", body: dictionaries),
        StepCase(name: "Swift: reference counts", body: referenceCounts),
        StepCase(name: "Swift: enumerations, key paths", body: enumerations),
        StepCase(name: "Foundation: JSON", body: json),
    ]

    // MARK: Generics and closures

    struct Pair<First: Hashable, Second: Comparable> {
        var first: First
        var second: Second

        @inline(never) func isBelow(_ other: Pair) -> Bool { second < other.second && first.hashValue != 0 }
    }

    @_optimize(none) @inline(never) static func largest<Values: Collection>(_ values: Values) -> Values.Element?
    where Values.Element: Comparable {
        var best: Values.Element?
        for value in values where best.map({ $0 < value }) ?? true { best = value }
        return best
    }

    static func generics() {
        keep(largest([3, 9, 2]) ?? 0)
        keep(largest(Set(["a", "bc", "d"]))?.count ?? 0)
        keep(Pair(first: "x", second: 2.5).isBelow(Pair(first: "y", second: 3)) ? 1 : 0)
        keep(largest((1...5).lazy.map { Double($0) * 1.5 }).map { Int($0) } ?? 0)
    }

    @inline(never) static func twice(_ body: (Int) -> Int) -> Int { body(body(3)) }
    @inline(never) static func adder(_ amount: Int) -> (Int) -> Int { { $0 + amount } }

    static func closures() {
        var count = 0
        let doubled = twice { value in
            count += 1
            return value * 2 + count
        }
        keep(doubled)
        keep(twice(adder(4)) + count)
        let stored = (0..<4).map { index in adder(index) }
        for closure in stored { keep(closure(1)) }
    }

    // MARK: Protocols

    protocol Shape {
        var sides: Int { get set }
        func area(_ scale: Double) -> Double
    }

    struct Square: Shape {
        var sides = 4
        @inline(never) func area(_ scale: Double) -> Double { 2 * scale }
    }

    final class Polygon: Shape {
        var sides = 7
        var corners = [1.0, 2.0]
        func area(_ scale: Double) -> Double { corners.reduce(0, +) * scale }
    }

    @inline(never) static func total(_ shapes: [any Shape]) -> Double {
        var sum = 0.0
        for var shape in shapes {
            shape.sides += 1
            sum += shape.area(1.5) + Double(shape.sides)
        }
        return sum
    }

    static func protocols() {
        keep(Int(total([Square(), Polygon(), Square()])))
        let any: [Any] = [1, "two", Polygon(), [3]]
        for value in any {
            if let shape = value as? any Shape { keep(shape.sides) }
            if let text = value as? String { keep(text.count) }
        }
        keep("\(Square())".count)
    }

    // MARK: Errors

    enum Trouble: Error { case small(Int), large(String) }

    @inline(never) static func risky(_ value: Int) throws -> Int {
        if value == 2 { throw Trouble.small(value) }
        if value == 3 { throw Trouble.large("a message that is long enough for the heap") }
        return value
    }

    @inline(never) static func typed(_ value: Int) throws(Trouble) -> Int {
        guard value < 3 else { throw .small(value) }
        return value + 1
    }

    static func errors() {
        for value in 0..<5 {
            do { keep(try risky(value) + typed(value)) } catch Trouble.small(let value) { keep(value) } catch {
                keep("\(error)".count)
            }
        }
    }

    // MARK: The standard library

    static func arrays() {
        var values = (0..<40).map { ($0 * 37) % 41 }
        values.sort()
        values.append(contentsOf: values.reversed())
        values.removeAll { $0 % 3 == 0 }
        keep(values.reduce(0, +) + values[3..<9].count + (values.firstIndex(of: 7) ?? 0))
        var nested = [[1, 2], [3]]
        nested[0].append(4)
        let copy = nested
        nested[1][0] = 9
        keep(copy.flatMap { $0 }.count + zip(values, values.dropFirst()).filter { $0 < $1 }.count)
    }

    static func strings() {
        var text = "Grüße, 世界 👩‍👩‍👧"
        text += " and \(kept.load(ordering: .relaxed) % 10) more, \(2.5)"
        keep(text.count + text.utf8.count + text.uppercased().count)
        keep(text.split(separator: " ").map(String.init).joined(separator: "-").count)
        keep(text.hasPrefix("Gr") ? 1 : 0)
        keep(Int("1234") ?? 0)
        keep(String(255, radix: 16).count + text.sorted().count)
    }

    static func dictionaries() {
        var counts: [String: Int] = [:]
        for index in 0..<30 { counts["key \(index % 7)", default: 0] += index }
        counts["key 3"] = nil
        keep(counts.values.reduce(0, +) + counts.mapValues { $0 * 2 }.count)
        let set = Set((0..<30).map { $0 % 11 })
        keep(set.union([99]).intersection([3, 99, 4]).count)
    }

    // MARK: References

    final class Node {
        var next: Node?
        weak var owner: Node?
        let payload: [Int]

        init(_ value: Int, next: Node?) {
            payload = [value, value]
            self.next = next
        }

        deinit { keep(payload.count) }
    }

    @inline(never) static func chain(_ length: Int) -> Node? {
        var head: Node?
        for index in 0..<length {
            let node = Node(index, next: head)
            head?.owner = node
            head = node
        }
        return head
    }

    static func referenceCounts() {
        // Freed from within each other: as deep as the list is long.
        var list = chain(12)
        keep(list?.next?.owner?.payload.count ?? 0)
        var copies = [list, list?.next, list]
        copies.removeLast()
        keep(list!.payload[0])
        list = nil
        copies = []
    }

    indirect enum Tree {
        case leaf(Int)
        case branch(Tree, String, Tree)

        var sum: Int {
            switch self {
            case .leaf(let value): value
            case .branch(let left, let name, let right): left.sum + name.count + right.sum
            }
        }
    }

    static func enumerations() {
        let tree = Tree.branch(.branch(.leaf(1), "left", .leaf(2)), "top", .leaf(3))
        keep(tree.sum)
        let path: WritableKeyPath<Square, Int> = \.sides
        var square = Square()
        square[keyPath: path] += 2
        keep(square[keyPath: path] + [square, square].map(\.sides).count)
    }

    struct Record: Codable {
        var name: String
        var values: [Double]
        var inner: [String: Int]?
    }

    static func json() {
        let record = Record(name: "first", values: [1.5, -2], inner: ["key": 3])
        let data = (try? JSONEncoder().encode(record)) ?? Data()
        keep((try? JSONDecoder().decode(Record.self, from: data))?.values.count ?? 0)
    }
}
