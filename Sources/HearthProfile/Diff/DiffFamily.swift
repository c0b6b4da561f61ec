/// Values that are judged together, such as the self values of all functions: how sure one has to be of each so that of all that
/// are called changed only ``falseDiscoveryRate`` are not.
///
/// An interval for a value of a family is as wide as that takes (Benjamini and Yekutieli's intervals for what is selected), so
/// that it leaves zero out exactly where the value is among the changed.
package struct DiffFamily: Sendable {
    package static let falseDiscoveryRate = 0.05

    private struct Item: Equatable {
        var base: Int64
        var new: Int64
        var scatter: Double?
    }

    private let model: DiffModel
    /// Half the width of an interval, in standard deviations.
    private let deviations: Double
    /// Of the intervals, 0…1.
    package let confidence: Double

    /// - Parameters:
    ///   - values: one an item and side.
    ///   - scatter: as ``DiffScatter`` has it; nil where samples are only counted.
    ///
    /// O(items × log items).
    init(_ model: DiffModel, values: [[Int64]], scatter: [Double]?) {
        self.model = model
        let freedom = model.intervalFreedom
        let alone = StudentT.quantile(twoSidedTail: Self.falseDiscoveryRate, freedom: freedom)
        var judged = 0
        var chances: [Double] = []
        // A node that only calls another one has its values, and stands beside it.
        var last: (item: Item, chance: Double?)?
        for index in values[0].indices {
            let item = Item(base: values[0][index], new: values[1][index], scatter: scatter?[index])
            guard model.isJudged(base: item.base, new: item.new) else { continue }
            judged += 1
            let chance: Double?
            if let last, last.item == item {
                chance = last.chance
            } else {
                chance = Self.chance(of: item, model, alone)
            }
            if let chance { chances.append(chance) }
            last = (item, chance)
        }
        let tail = Self.level(of: chances, among: judged)
        confidence = 1 - tail
        deviations = StudentT.quantile(twoSidedTail: tail, freedom: freedom)
    }

    /// How likely a change as large as that is by chance; nil where it is no discovery even alone, as of most.
    private static func chance(of item: Item, _ model: DiffModel, _ alone: Double) -> Double? {
        let change = model.change(
            base: item.base, new: item.new, scatter: item.scatter, deviations: alone, confidence: 1 - falseDiscoveryRate
        )
        if change.verdict == .noise { return nil }
        let reach = model.reach(base: item.base, new: item.new, scatter: item.scatter, least: alone)
        return StudentT.twoSidedTail(reach, freedom: model.intervalFreedom)
    }

    /// The chance up to which a value counts as changed: Benjamini and Hochberg's rule, where `chances` are the smallest.
    private static func level(of chances: [Double], among count: Int) -> Double {
        let step = falseDiscoveryRate / Double(max(count, 1))
        let ordered = chances.sorted()
        let last = ordered.indices.last { ordered[$0] <= step * Double($0 + 1) }
        return step * Double((last ?? 0) + 1)
    }

    /// The change of one value. O(1).
    ///
    /// - Parameter scatter: of the value; where nil it is taken to scatter as most do.
    package func change(base before: Int64, new after: Int64, scatter: Double?) -> DiffChange {
        model.change(base: before, new: after, scatter: scatter, deviations: deviations, confidence: confidence)
    }
}
