/// Self and total value of every function of a profile; what `hearth top` prints. Sums stop at `Int64.max`.
public struct FunctionTotals: Sendable {
    public struct Row: Hashable, Sendable {
        public var name: String
        /// The whole name, where it is longer.
        public var fullName: String
        /// The program or library; empty when not known.
        public var image: String
        /// Value of samples with this function as leaf (pprof: flat).
        public var selfValue: Int64
        /// Value of samples with this function anywhere, counted once however often it recurs (pprof: cum).
        public var totalValue: Int64
    }

    public var rows: [Row]
    public var total: Int64

    /// Functions are told apart by display name; labels and markers are left out, and thunks (``Profile/hidingThunks()``).
    /// O(sum of stack depths).
    public init(_ profile: Profile, column: Int) {
        let profile = profile.hidingThunks()
        var order: [String: Int] = [:]
        var rows: [Row] = []
        let functions: [Int?] = profile.frames.indices.map { index in
            let id = FrameID(rawValue: UInt32(index))
            let frame = profile.frame(id)
            guard frame.kind == .function || frame.kind == .inlined else { return nil }
            let name = profile.displayName(id)
            if let known = order[name] { return known }
            order[name] = rows.count
            rows.append(
                Row(
                    name: name, fullName: frame.isSymbolized ? profile.strings[frame.fullName] : name,
                    image: frame.image.map { profile.image($0).name } ?? "", selfValue: 0, totalValue: 0))
            return rows.count - 1
        }
        var lastSeen = Array(repeating: -1, count: rows.count)
        for (row, sample) in profile.samples.enumerated() {
            let value = profile.value(row: row, column: column)
            var isLeaf = true
            for frame in profile.stacks.framesLeafFirst(sample.stack) {
                guard let function = functions[Int(frame.rawValue)] else { continue }
                if isLeaf { rows[function].selfValue = saturatingSum(rows[function].selfValue, value) }
                isLeaf = false
                if lastSeen[function] != row {
                    lastSeen[function] = row
                    rows[function].totalValue = saturatingSum(rows[function].totalValue, value)
                }
            }
        }
        self.rows = rows
        self.total = profile.total(column: column)
    }

    public enum Order: String, Sendable, CaseIterable {
        case selfValue = "self"
        case totalValue = "total"
    }

    /// The first `limit` rows by `order`, largest first, ties by name.
    public func sorted(by order: Order, limit: Int = .max) -> [Row] {
        let sorted = rows.sorted { left, right in
            let (a, b) = order == .selfValue ? (left.selfValue, right.selfValue) : (left.totalValue, right.totalValue)
            return a != b ? a > b : left.name < right.name
        }
        return Array(sorted.prefix(limit))
    }
}
