// SPDX-License-Identifier: Apache-2.0
package dev.inlay.plan;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Gives every region a place: first fit by falling size among the regions that live at the same time. */
final class MemoryPlanner {
    private static final long ALIGNMENT = 64;

    /** A region without a place: alive from step {@code first} to step {@code last}. */
    record Lifetime(String device, long bytes, int first, int last, long maxAllocationBytes) {}

    private MemoryPlanner() {}

    static List<Region> place(List<Lifetime> lifetimes, MemoryMode mode) {
        Region[] placed = new Region[lifetimes.size()];
        List<Integer> order = new ArrayList<>();
        for (int i = 0; i < lifetimes.size(); i++) {
            order.add(i);
        }
        order.sort(Comparator.comparingLong(i -> -lifetimes.get(i).bytes()));
        for (int index : order) {
            placed[index] = placeOne(index, lifetimes, placed, mode);
        }
        return List.of(placed);
    }

    private static Region placeOne(int index, List<Lifetime> lifetimes, Region[] placed, MemoryMode mode) {
        Lifetime wanted = lifetimes.get(index);
        if (mode == MemoryMode.SEPARATE || wanted.device().equals(DeviceDescription.REFERENCE)) {
            int buffer = 0;
            for (Region region : placed) {
                if (region != null && region.device().equals(wanted.device())) {
                    buffer = Math.max(buffer, region.buffer() + 1);
                }
            }
            return new Region(wanted.device(), buffer, 0, wanted.bytes());
        }
        for (int buffer = 0; ; buffer++) {
            long offset = firstGap(wanted, buffer, lifetimes, placed, mode);
            if (offset == 0 || offset + wanted.bytes() <= wanted.maxAllocationBytes()) {
                return new Region(wanted.device(), buffer, offset, wanted.bytes());
            }
        }
    }

    private static long firstGap(
            Lifetime wanted, int buffer, List<Lifetime> lifetimes, Region[] placed, MemoryMode mode) {
        List<Region> taken = new ArrayList<>();
        for (int other = 0; other < placed.length; other++) {
            Region region = placed[other];
            boolean meets = mode == MemoryMode.GUARDED
                    || (lifetimes.get(other).first() <= wanted.last()
                            && wanted.first() <= lifetimes.get(other).last());
            if (region != null && region.device().equals(wanted.device()) && region.buffer() == buffer && meets) {
                taken.add(region);
            }
        }
        taken.sort(Comparator.comparingLong(Region::offset));
        long gap = mode == MemoryMode.GUARDED ? Plan.GUARD_BYTES : 0;
        long offset = 0;
        for (Region region : taken) {
            if (offset + wanted.bytes() + gap <= region.offset()) {
                break;
            }
            offset = Math.max(offset, align(region.offset() + region.bytes() + gap));
        }
        return offset;
    }

    private static long align(long bytes) {
        return Math.ceilDiv(bytes, ALIGNMENT) * ALIGNMENT;
    }
}
