package org.bascule.domain.acl;

import jakarta.ejb.Stateless;
import jakarta.inject.Inject;
import java.util.Optional;
import org.bascule.domain.audit.AuditLog;
import org.bascule.domain.audit.Operation;
import org.bascule.domain.audit.Outcome;
import org.bascule.domain.configuration.Settings;
import org.bascule.domain.database.Sql;
import org.bascule.domain.identity.Caller;
import org.bascule.domain.refusal.RefusedException;

/**
 * Who runs the installation: people of the domain that {@code bascule.operator.domain} names, who hold {@link Permission#OPERATE_INSTALLATION} on it. In any other
 * domain the permission means nothing.
 */
@Stateless
public class Operators {

    @Inject
    Sql sql;

    @Inject
    Settings settings;

    @Inject
    Authorization authorization;

    @Inject
    AuditLog audit;

    /** The operator's domain, for what concerns the installation as a whole; empty while none is named, or there is none of that name. */
    public Optional<String> domain() {
        return settings.operatorDomain().flatMap(name -> sql.acrossDomains()
                .statement("select id from domain where name = :name")
                .set("name", name)
                .first(row -> row.text(1)));
    }

    /** Asks without auditing. */
    public boolean isOperator(Caller caller) {
        return isOfOperatorDomain(caller) && authorization.holdsOnDomain(caller, Permission.OPERATE_INSTALLATION);
    }

    /** The same for things that nobody else sees: refused with {@code NOT_FOUND}. */
    public void requireToSee(Caller caller) throws RefusedException {
        if (!isOperator(caller)) {
            audit.recordRefused(caller.did(Operation.ACCESS, Outcome.DENIED).saying("not an operator"));
            throw RefusedException.notFound();
        }
    }

    /** Returns if the caller is an operator; otherwise the attempt is audited in the caller's domain and refused with {@code FORBIDDEN}. */
    public void require(Caller caller) throws RefusedException {
        if (!isOfOperatorDomain(caller)) {
            audit.recordRefused(
                    caller.did(Operation.ACCESS, Outcome.DENIED).saying("this is not the operator's domain"));
            throw RefusedException.forbidden();
        }
        authorization.requireOnDomain(caller, Permission.OPERATE_INSTALLATION);
    }

    private boolean isOfOperatorDomain(Caller caller) {
        return domain().equals(Optional.of(caller.domainId()));
    }
}
