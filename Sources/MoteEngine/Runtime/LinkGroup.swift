internal import CPlatform

/// An instance's place in its link group: the instances whose references may have reached each other.
///
/// A ring of members with one of them, the leader, keeping the counts. All under the store's lock.
struct LinkNode {
    var leader: UnsafeMutablePointer<InstanceState>
    var next: UnsafeMutablePointer<InstanceState>
    var previous: UnsafeMutablePointer<InstanceState>
    /// In the leader only: members, and those of them that were not destroyed.
    var memberCount: Int
    var liveCount: Int
    /// In the leader only: a reference lies in something of the store's own, so the group goes with the store.
    var isPinned: Bool

    /// A group of one live instance.
    init(alone instance: UnsafeMutablePointer<InstanceState>) {
        leader = instance
        next = instance
        previous = instance
        memberCount = 1
        liveCount = 1
        isPinned = false
    }
}

enum LinkGroup {
    typealias Member = UnsafeMutablePointer<InstanceState>

    /// Makes one group of two; O(members of the smaller one).
    static func join(_ one: Member, _ other: Member) {
        var large = one.pointee.link.leader
        var small = other.pointee.link.leader
        guard large != small else { return }
        if large.pointee.link.memberCount < small.pointee.link.memberCount { swap(&large, &small) }
        large.pointee.link.memberCount &+= small.pointee.link.memberCount
        large.pointee.link.liveCount &+= small.pointee.link.liveCount
        large.pointee.link.isPinned = large.pointee.link.isPinned || small.pointee.link.isPinned
        var member = small
        repeat {
            member.pointee.link.leader = large
            member = member.pointee.link.next
        } while member != small
        // Two rings become one by exchanging one seam.
        let largeNext = large.pointee.link.next
        let smallNext = small.pointee.link.next
        large.pointee.link.next = smallNext
        smallNext.pointee.link.previous = large
        small.pointee.link.next = largeNext
        largeNext.pointee.link.previous = small
    }

    /// Takes a member out, into a group of its own that inherits nothing; the rest gets a new leader if needed.
    static func leave(_ member: Member) {
        let old = member.pointee.link
        guard old.next != member else { return }
        let leader = old.leader
        old.previous.pointee.link.next = old.next
        old.next.pointee.link.previous = old.previous
        var counts = leader.pointee.link
        counts.memberCount &-= 1
        counts.liveCount &-= member.pointee.isDestroyed ? 0 : 1
        let heir = leader == member ? old.next : leader
        heir.pointee.link.memberCount = counts.memberCount
        heir.pointee.link.liveCount = counts.liveCount
        heir.pointee.link.isPinned = counts.isPinned
        if heir != leader {
            var other = heir
            repeat {
                other.pointee.link.leader = heir
                other = other.pointee.link.next
            } while other != heir
        }
        let isLive = !member.pointee.isDestroyed
        member.pointee.link = LinkNode(alone: member)
        member.pointee.link.liveCount = isLive ? 1 : 0
    }

    /// Whether a call is running in some member.
    static func isActive(_ member: Member) -> Bool {
        var other = member
        repeat {
            if EngineInstance(state: other).isActive { return true }
            other = other.pointee.link.next
        } while other != member
        return false
    }
}
