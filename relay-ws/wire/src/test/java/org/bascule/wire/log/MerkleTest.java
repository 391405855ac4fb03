package org.bascule.wire.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.bascule.wire.StrictJson;
import org.bascule.wire.WireException;
import org.junit.jupiter.api.Test;

class MerkleTest {

    private static final int MAX = 130;

    /** Leaf hashes, and the tree as RFC 9162 defines it: recursively over the whole list. */
    private record Reference(List<byte[]> leaves) implements MerkleProofs.Subtrees {

        static Reference of(int count) {
            List<byte[]> leaves = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                leaves.add(Merkle.leaf(("leaf " + i).getBytes(StandardCharsets.UTF_8)));
            }
            return new Reference(leaves);
        }

        byte[] root(int from, int to) {
            if (to == from) {
                return Merkle.emptyRoot();
            }
            if (to - from == 1) {
                return leaves.get(from);
            }
            int half = 1;
            while (half * 2 < to - from) {
                half *= 2;
            }
            return Merkle.node(root(from, from + half), root(from + half, to));
        }

        @Override
        public byte[] hash(int level, long index) {
            int start = (int) (index << level);
            return root(start, start + (1 << level));
        }
    }

    private static StrictJson vectors() throws Exception {
        Path file = Path.of("..", "..", "docs", "protocol", "vectors", "merkle.json");
        return StrictJson.parse(Files.readString(file), 1 << 20);
    }

    private static byte[] hex(String text) {
        return HexFormat.of().parseHex(text);
    }

    private static List<byte[]> path(StrictJson json) throws WireException {
        return json.strings("path", 64, 64).stream().map(MerkleTest::hex).toList();
    }

    private static String all(List<byte[]> path) {
        return String.join(" ", path.stream().map(HexFormat.of()::formatHex).toList());
    }

    @Test
    void valuesOfTheReferenceTestsOfCertificateTransparency() throws Exception {
        StrictJson vectors = vectors();
        assertThat(Merkle.emptyRoot()).isEqualTo(hex(vectors.string("empty", 64)));
        List<String> roots = vectors.strings("roots", 8, 64);
        MerkleFrontier tree = MerkleFrontier.empty();
        List<byte[]> leaves = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            byte[] bytes = hex(vectors.object().getJsonArray("leaves").getString(i));
            leaves.add(Merkle.leaf(bytes));
            tree.append(Merkle.leaf(bytes));
            assertThat(tree.root()).isEqualTo(hex(roots.get(i)));
        }
        MerkleProofs proofs = new MerkleProofs(new Reference(leaves));
        for (StrictJson vector : vectors.children("inclusion", 100)) {
            long index = vector.number("index", 0, 7);
            long size = vector.number("size", 1, 8);
            assertThat(all(proofs.inclusion(index, size))).isEqualTo(all(path(vector)));
            Merkle.verifyInclusion(leaves.get((int) index), index, size, path(vector), hex(roots.get((int) size - 1)));
        }
        for (StrictJson vector : vectors.children("consistency", 100)) {
            int first = (int) vector.number("first", 1, 8);
            int second = (int) vector.number("second", 1, 8);
            assertThat(all(proofs.consistency(first, second))).isEqualTo(all(path(vector)));
            Merkle.verifyConsistency(
                    first, hex(roots.get(first - 1)), second, hex(roots.get(second - 1)), path(vector));
        }
    }

    @Test
    void frontierAndProofsAgreeWithTheDefinitionForAllSizes() throws WireException {
        Reference reference = Reference.of(MAX);
        MerkleProofs proofs = new MerkleProofs(reference);
        MerkleFrontier growing = MerkleFrontier.empty();
        for (int size = 0; size <= MAX; size++) {
            byte[] root = reference.root(0, size);
            assertThat(growing.root()).isEqualTo(root);
            assertThat(proofs.root(size)).isEqualTo(root);
            assertThat(MerkleFrontier.of(size, proofs.frontier(size)).root()).isEqualTo(root);
            for (int index = 0; index < size; index++) {
                Merkle.verifyInclusion(reference.leaves().get(index), index, size, proofs.inclusion(index, size), root);
            }
            for (int first = 0; first <= size; first++) {
                Merkle.verifyConsistency(first, reference.root(0, first), size, root, proofs.consistency(first, size));
            }
            if (size < MAX) {
                growing.append(reference.leaves().get(size));
            }
        }
    }

    @Test
    void everySubtreeThatIsCompletedIsTold() {
        Reference reference = Reference.of(MAX);
        MerkleFrontier growing = MerkleFrontier.empty();
        List<String> told = new ArrayList<>();
        for (byte[] leaf : reference.leaves()) {
            growing.append(leaf, (level, index, hash) -> {
                assertThat(hash).isEqualTo(reference.hash(level, index));
                told.add(level + ":" + index);
            });
        }
        List<String> expected = new ArrayList<>();
        for (int level = 1; level <= 7; level++) {
            for (int index = 0; index < MAX >> level; index++) {
                expected.add(level + ":" + index);
            }
        }
        assertThat(told).containsExactlyInAnyOrderElementsOf(expected);
    }

    @Test
    void everyOtherIndexSizeRootOrPathIsRefused() {
        long seed = 20_260_131;
        Random random = new Random(seed);
        Reference reference = Reference.of(MAX);
        MerkleProofs proofs = new MerkleProofs(reference);
        for (int size = 1; size <= MAX; size++) {
            int index = random.nextInt(size);
            byte[] leaf = reference.leaves().get(index);
            byte[] root = reference.root(0, size);
            List<byte[]> path = proofs.inclusion(index, size);
            String named = "size %d index %d seed %d".formatted(size, index, seed);
            for (int other = -1; other <= size; other++) {
                if (other != index) {
                    refusedInclusion(named, leaf, other, size, path, root);
                }
            }
            refusedInclusion(named, flipped(leaf, random), index, size, path, root);
            refusedInclusion(named, leaf, index, size, path, flipped(root, random));
            for (List<byte[]> wrong : damaged(path, random)) {
                refusedInclusion(named, leaf, index, size, wrong, root);
            }
        }
    }

    private static void refusedInclusion(
            String named, byte[] leaf, long index, long size, List<byte[]> path, byte[] root) {
        assertThatExceptionOfType(WireException.class)
                .as(named)
                .isThrownBy(() -> Merkle.verifyInclusion(leaf, index, size, path, root));
    }

    @Test
    void everyOtherBeginningIsRefused() {
        long seed = 20_260_201;
        Random random = new Random(seed);
        Reference reference = Reference.of(MAX);
        MerkleProofs proofs = new MerkleProofs(reference);
        for (int second = 1; second <= MAX; second++) {
            for (int first = 1; first <= second; first++) {
                byte[] firstRoot = reference.root(0, first);
                byte[] secondRoot = reference.root(0, second);
                List<byte[]> path = proofs.consistency(first, second);
                String named = "from %d to %d seed %d".formatted(first, second, seed);
                refusedConsistency(named, first, flipped(firstRoot, random), second, secondRoot, path);
                refusedConsistency(named, first, firstRoot, second, flipped(secondRoot, random), path);
                refusedConsistency(named, first - 1, firstRoot, second, secondRoot, path);
                for (List<byte[]> wrong : damaged(path, random)) {
                    refusedConsistency(named, first, firstRoot, second, secondRoot, wrong);
                }
            }
        }
    }

    private static void refusedConsistency(
            String named, long first, byte[] firstRoot, long second, byte[] secondRoot, List<byte[]> path) {
        assertThatExceptionOfType(WireException.class)
                .as(named)
                .isThrownBy(() -> Merkle.verifyConsistency(first, firstRoot, second, secondRoot, path));
    }

    /** A node more at the end and at the beginning, one less, one changed, two exchanged. */
    private static List<List<byte[]>> damaged(List<byte[]> path, Random random) {
        List<List<byte[]>> all = new ArrayList<>();
        byte[] extra = new byte[32];
        random.nextBytes(extra);
        List<byte[]> longer = new ArrayList<>(path);
        longer.add(extra);
        all.add(longer);
        List<byte[]> shifted = new ArrayList<>(path);
        shifted.add(0, extra);
        all.add(shifted);
        if (!path.isEmpty()) {
            all.add(path.subList(0, path.size() - 1));
            List<byte[]> changed = new ArrayList<>(path);
            int at = random.nextInt(path.size());
            changed.set(at, flipped(changed.get(at), random));
            all.add(changed);
        }
        if (path.size() > 1) {
            List<byte[]> exchanged = new ArrayList<>(path);
            exchanged.set(0, path.get(1));
            exchanged.set(1, path.get(0));
            all.add(exchanged);
        }
        return all;
    }

    private static byte[] flipped(byte[] bytes, Random random) {
        byte[] changed = bytes.clone();
        changed[random.nextInt(changed.length)] ^= (byte) (1 << random.nextInt(8));
        return changed;
    }

    @Test
    void emptyAndEqualTreesNeedAnEmptyProof() {
        byte[] root = Reference.of(5).root(0, 5);
        assertThatCode(() -> Merkle.verifyConsistency(0, Merkle.emptyRoot(), 5, root, List.of()))
                .doesNotThrowAnyException();
        refusedConsistency("a root of nothing", 0, root, 5, root, List.of());
        refusedConsistency("a proof from nothing", 0, Merkle.emptyRoot(), 5, root, List.of(root));
        refusedConsistency("a proof of equality", 5, root, 5, root, List.of(root));
        refusedConsistency("backwards", 5, root, 4, root, List.of());
        refusedInclusion("in nothing", root, 0, 0, List.of(), Merkle.emptyRoot());
    }

    @Test
    void aLeafIsNotTakenForANode() {
        byte[] left = Merkle.leaf(new byte[] {1});
        byte[] right = Merkle.leaf(new byte[] {2});
        byte[] both = Arrays.copyOf(left, 64);
        System.arraycopy(right, 0, both, 32, 32);
        assertThat(Merkle.leaf(both)).isNotEqualTo(Merkle.node(left, right));
    }
}
