/// How the nearest neighbours of all documents are found. Both ways find the same.
public enum NeighbourSearch: String, Hashable, Sendable, CaseIterable {
    /// Every document against every other: O(n²).
    case bruteForce = "brute-force"
    /// By a k-d tree: O(n log n) in the few dimensions that they are compared in.
    case kdTree = "kd-tree"
}
