package org.bascule.system;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.json.Json;
import jakarta.json.JsonArray;
import jakarta.json.JsonObject;
import jakarta.json.JsonReader;
import jakarta.json.JsonString;
import java.io.ByteArrayOutputStream;
import java.io.StringReader;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Heads and proofs of a domain's log as the API gives them, verified by {@link MerkleCheck} alone. */
@ExtendWith(RunningSystem.class)
class ProofsIT {

    private static final Duration LIMIT = Duration.ofMinutes(2);
    private static final String INCLUSION = "/api/audit/proof/inclusion";
    private static final String CONSISTENCY = "/api/audit/proof/consistency";

    private final TheSystem system = TheSystem.get();
    private final Api owner = system.api("automation");

    /** Of every entry in its order, the id and the hash of its leaf. */
    private final List<String> ids = new ArrayList<>();

    private final List<byte[]> leaves = new ArrayList<>();
    private final Map<Long, byte[]> roots = new HashMap<>();

    /** Two heads at least, the second one about a change that was made just now. */
    @BeforeEach
    void readTheTree() {
        long before = sealed();
        String name = "proofs-" + UUID.randomUUID();
        Api.expect(201, owner.post("/api/folders", WalkThings.body("name", name, "parent", owner.rootFolder())));
        Eventually.within(LIMIT, "the change is sealed", () -> sealed() > before);
        Api.expect(200, owner.get("/api/audit/tree/export")).body().lines().forEach(line -> {
            JsonObject entry = object(line);
            if (entry.containsKey("seq")) {
                assertThat(entry.getInt("seq")).isEqualTo(ids.size());
                ids.add(entry.getString("id"));
                leaves.add(hash(entry.getString("hash")));
                if (entry.containsKey("certificate")) {
                    assertThat(MerkleCheck.leaf(certificate(entry.getJsonObject("certificate"))))
                            .as("what the entry says is what its leaf says")
                            .isEqualTo(leaves.get(leaves.size() - 1));
                }
            }
        });
        assertThat(ids).hasSizeGreaterThan(10);
    }

    private static JsonObject object(String line) {
        try (JsonReader reader = Json.createReader(new StringReader(line))) {
            return reader.readObject();
        }
    }

    private long sealed() {
        HttpResponse<String> head = owner.get("/api/audit/head");
        return head.statusCode() == 200 ? Api.json(head).getInt("size") : 0;
    }

    /** {@code 02 ‖ lp(domain) ‖ lp(device UID) ‖ lp(DER)}. */
    private static byte[] certificate(JsonObject json) {
        ByteArrayOutputStream leaf = new ByteArrayOutputStream();
        leaf.write(2);
        for (byte[] part : List.of(
                json.getString("domain").getBytes(StandardCharsets.UTF_8),
                json.getString("device").getBytes(StandardCharsets.UTF_8),
                Base64.getUrlDecoder().decode(json.getString("der")))) {
            leaf.write(part.length >> 8);
            leaf.write(part.length);
            leaf.writeBytes(part);
        }
        return leaf.toByteArray();
    }

    private static byte[] hash(String text) {
        byte[] hash = Base64.getUrlDecoder().decode(text);
        assertThat(hash).hasSize(32);
        return hash;
    }

    private static List<byte[]> path(JsonObject proof) {
        JsonArray path = proof.getJsonArray("path");
        return path.getValuesAs(JsonString.class).stream()
                .map(one -> hash(one.getString()))
                .toList();
    }

    private byte[] root(long size) {
        return roots.computeIfAbsent(size, any -> MerkleCheck.root(leaves.subList(0, (int) size)));
    }

    private JsonObject inclusion(Api by, String id, long size) {
        return by.getJson(INCLUSION + "?id=" + id + "&size=" + size);
    }

    private JsonObject consistency(Api by, long first, long second) {
        return by.getJson(CONSISTENCY + "?first=" + first + "&second=" + second);
    }

    private List<JsonObject> heads() {
        return owner.items("/api/audit/heads?limit=200").stream()
                .filter(head -> head.getInt("size") <= leaves.size())
                .toList();
    }

    @Test
    void everyHeadIsTheRootOfItsLeavesAndOneIsTheBeginningOfTheNext() {
        List<JsonObject> heads = heads();
        assertThat(heads).hasSizeGreaterThan(1);
        String tree = heads.get(0).getString("tree");
        for (int i = 0; i < heads.size(); i++) {
            JsonObject head = heads.get(i);
            long size = head.getInt("size");
            assertThat(head.getString("tree")).isEqualTo(tree);
            assertThat(hash(head.getString("root"))).as("root of %d", size).isEqualTo(root(size));
            assertThat(Base64.getUrlDecoder().decode(head.getString("signature")))
                    .hasSize(64);
            if (i > 0) {
                JsonObject newer = heads.get(i - 1);
                assertThat(size).as("newest first").isLessThan(newer.getInt("size"));
                assertThat(MerkleCheck.isConsistent(
                                size,
                                hash(head.getString("root")),
                                newer.getInt("size"),
                                hash(newer.getString("root")),
                                path(consistency(system.api("viewer"), size, newer.getInt("size")))))
                        .as("from %d to %d", size, newer.getInt("size"))
                        .isTrue();
            }
        }
    }

    /** Around every power of two, and the whole. */
    private Set<Long> sizes() {
        Set<Long> sizes = new TreeSet<>(List.of((long) leaves.size()));
        for (long power = 1; power <= leaves.size(); power *= 2) {
            for (long size = power - 1; size <= power + 1; size++) {
                if (size > 0 && size <= leaves.size()) {
                    sizes.add(size);
                }
            }
        }
        return sizes;
    }

    @Test
    void everyEntryIsProvedInEveryTreeThatHasItAndInNoOther() {
        for (long size : sizes()) {
            for (long index : new TreeSet<>(List.of(0L, size / 2, size - 1))) {
                JsonObject proof = inclusion(owner, ids.get((int) index), size);
                String what = "entry %d of %d".formatted(index, size);
                assertThat(proof.getInt("index")).as(what).isEqualTo((int) index);
                assertThat(proof.getInt("size")).as(what).isEqualTo((int) size);
                byte[] leaf = hash(proof.getString("leaf"));
                assertThat(leaf).as(what).isEqualTo(leaves.get((int) index));
                List<byte[]> path = path(proof);
                assertThat(MerkleCheck.isIncluded(leaf, index, size, path, root(size)))
                        .as(what)
                        .isTrue();
                byte[] other = leaf.clone();
                other[31] ^= 1;
                assertThat(MerkleCheck.isIncluded(other, index, size, path, root(size)))
                        .as(what)
                        .isFalse();
                assertThat(MerkleCheck.isIncluded(leaf, index + 1, size, path, root(size)))
                        .as(what)
                        .isFalse();
            }
            if (size < leaves.size()) {
                refused(404, INCLUSION + "?id=" + ids.get((int) size) + "&size=" + size);
            }
        }
    }

    @Test
    void everyTreeIsTheBeginningOfEveryLaterOne() {
        for (long first : sizes()) {
            for (long second : sizes()) {
                if (first < second) {
                    List<byte[]> path = path(consistency(owner, first, second));
                    assertThat(MerkleCheck.isConsistent(first, root(first), second, root(second), path))
                            .as("from %d to %d", first, second)
                            .isTrue();
                    assertThat(MerkleCheck.isConsistent(first, root(second), second, root(second), path))
                            .as("another root of %d", first)
                            .isFalse();
                }
            }
            assertThat(path(consistency(owner, first, first))).isEmpty();
            assertThat(path(consistency(owner, 0, first))).isEmpty();
        }
    }

    private void refused(int status, String path) {
        HttpResponse<String> answer = Api.expect(status, owner.get(path));
        assertThat(answer.body()).as(path).doesNotContain("\"path\"").contains("urn:bascule:problem:");
    }

    private void invalid(String field, String path) {
        JsonObject problem = Api.json(Api.expect(422, owner.get(path)));
        assertThat(problem.getJsonArray("errors").getValuesAs(JsonObject.class))
                .as(path)
                .singleElement()
                .satisfies(error -> assertThat(error.getString("field")).isEqualTo(field));
    }

    @Test
    void whatIsOutOfRangeIsRefusedAndNamed() {
        String id = ids.get(0);
        long beyond = 1_000_000_000;
        invalid("size", INCLUSION + "?id=" + id + "&size=" + beyond);
        invalid("second", CONSISTENCY + "?first=1&second=" + beyond);
        invalid("first", CONSISTENCY + "?first=3&second=2");
        for (String no : List.of("-1", "1.5", "x", "9999999999999999", "")) {
            invalid("size", INCLUSION + "?id=" + id + "&size=" + no);
            invalid("first", CONSISTENCY + "?first=" + no + "&second=1");
            invalid("second", CONSISTENCY + "?first=1&second=" + no);
        }
        invalid("size", INCLUSION + "?id=" + id);
        invalid("second", CONSISTENCY + "?first=1");
        refused(404, INCLUSION + "?id=" + id + "&size=0");
        refused(404, INCLUSION + "?id=" + UUID.randomUUID() + "&size=1");
        refused(404, INCLUSION + "?id=x&size=1");
    }

    @Test
    void anotherDomainsTreeIsAnotherTreeAndShowsNothingOfThisOne() {
        Api other = system.otherApi();
        Eventually.within(
                LIMIT,
                "the other domain has a head",
                () -> other.get("/api/audit/head").statusCode() == 200);
        JsonObject theirs = other.getJson("/api/audit/head");
        assertThat(theirs.getString("tree")).isNotEqualTo(heads().get(0).getString("tree"));
        assertThat(heads()).extracting(head -> head.getString("root")).doesNotContain(theirs.getString("root"));
        // an entry of ours is none of theirs, whatever its place
        Api.expect(404, other.get(INCLUSION + "?id=" + ids.get(0) + "&size=1"));
        long size = theirs.getInt("size");
        List<byte[]> path = path(consistency(other, 1, size));
        assertThat(size).isGreaterThan(1);
        assertThat(path).isNotEmpty();
        if (size <= leaves.size()) {
            assertThat(MerkleCheck.isConsistent(1, root(1), size, root(size), path))
                    .as("their proof is none about our tree")
                    .isFalse();
        }
        for (Api nobody : List.of(new Api(system.url(), Optional.empty()), system.api("viewer"))) {
            int refused = nobody.token().isPresent() ? 403 : 401;
            Api.expect(refused, nobody.get(INCLUSION + "?id=" + ids.get(0) + "&size=1"));
            Api.expect(refused, nobody.get("/api/audit/heads"));
        }
    }
}
