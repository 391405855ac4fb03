package org.bascule.domain.transfer;

import jakarta.ejb.Stateless;
import jakarta.inject.Inject;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.bascule.domain.contract.Contract;
import org.bascule.domain.database.Sql;

/** Writes the part of a plan that is about contracts and qualifications. */
@Stateless
public class ConditionWriter {

    @Inject
    Sql sql;

    private record Needed(String folder, String name) {}

    public void write(String domain, Plan plan) {
        writeContracts(domain, plan);
        writeQualifications(domain, plan);
        List<String> concerned = Stream.of(
                        plan.endedContracts.stream(),
                        plan.contracts.keySet().stream(),
                        plan.qualifications.stream().map(Plan.UserQualification::user),
                        plan.endedQualifications.stream().map(Plan.UserQualification::user))
                .flatMap(ids -> ids)
                .distinct()
                .filter(plan.versions::containsKey)
                .toList();
        sql.in(domain)
                .statement("update resource set version = version + 1 where domain_id = :domain and id = :id")
                .updateEach(concerned, (row, id) -> row.set("id", id));
    }

    private void writeContracts(String domain, Plan plan) {
        List<String> gone = Stream.concat(plan.endedContracts.stream(), plan.contracts.keySet().stream())
                .toList();
        sql.in(domain)
                .statement("delete from contract where domain_id = :domain and folder_id = :folder")
                .updateEach(gone, (row, folder) -> row.set("folder", folder));
        sql.in(domain)
                .statement(
                        """
                        insert into contract (folder_id, domain_id, reference, purpose, valid_from, valid_until, terms, required)
                        values (:folder, :domain, :reference, :purpose, :from, :until, :terms, :required)""")
                .updateEach(List.copyOf(plan.contracts.entrySet()), (row, entry) -> {
                    Contract contract = entry.getValue();
                    row.set("folder", entry.getKey())
                            .set("reference", contract.reference())
                            .set("purpose", contract.purpose())
                            .set("from", contract.from())
                            .set("until", contract.until())
                            .set("terms", contract.terms())
                            .set("required", contract.required());
                });
        List<Needed> needed = new ArrayList<>();
        for (Map.Entry<String, Contract> entry : plan.contracts.entrySet()) {
            entry.getValue().qualifications().forEach(name -> needed.add(new Needed(entry.getKey(), name)));
        }
        sql.in(domain)
                .statement("insert into contract_qualification (folder_id, domain_id, name)"
                        + " values (:folder, :domain, :name)")
                .updateEach(
                        needed, (row, one) -> row.set("folder", one.folder()).set("name", one.name()));
    }

    private void writeQualifications(String domain, Plan plan) {
        sql.in(domain)
                .statement(
                        "delete from user_qualification where domain_id = :domain and user_id = :user and name = :name")
                .updateEach(plan.endedQualifications, (row, item) -> row.set("user", item.user())
                        .set("name", item.qualification().name()));
        sql.in(domain)
                .statement("insert into user_qualification (user_id, domain_id, name, valid_until)"
                        + " values (:user, :domain, :name, :until)")
                .updateEach(plan.qualifications, (row, item) -> row.set("user", item.user())
                        .set("name", item.qualification().name())
                        .set("until", item.qualification().until()));
    }
}
