internal import HearthProfile
internal import HearthSampling

extension Sampler.Result {
    /// CPU time that samples and counted losses stand for ÷ CPU time used.
    var accounted: Double {
        Double(statistics.cpuNanoseconds + statistics.lostNanoseconds)
            / Double(max(statistics.processNanoseconds, 1))
    }

    /// Throws where a part of the used CPU time is neither in a sample nor counted as lost.
    /// - Parameter tolerance: share of the used time; ten samples are allowed for besides.
    func requireAccount(_ name: String, tolerance: Double = 0.2) throws(Damage) {
        let used = Double(statistics.processNanoseconds)
        let line =
            "\(name): used \(used * 1e-9) s, accounted \(accounted), samples \(statistics.samples), lost \(statistics.lost)"
        print(line)
        let slack = tolerance + 10 * Double(profile.period) / max(used, 1)
        try Damage.unless(abs(accounted - 1) < slack, line)
        try Damage.unless(profile.total(column: 0) == Int64(statistics.samples), "\(name): the profile lacks samples")
    }

    /// Samples whose stack has a frame of this name.
    func samples(through name: String, of profile: Profile) -> Int64 {
        var sum: Int64 = 0
        for (row, sample) in profile.samples.enumerated()
        where profile.stacks.framesLeafFirst(sample.stack).contains(where: { profile.displayName($0).contains(name) }) {
            sum += profile.value(row: row, column: 0)
        }
        return sum
    }
}
