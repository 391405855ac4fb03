package org.bascule.domain.contract;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import org.bascule.domain.directory.PlaceConditions;
import org.bascule.domain.identity.Caller;

/** Contracts are left behind by a move out of their folders; whoever may not lift a demand does not get rid of it that way. */
@ApplicationScoped
public class ContractsOfPlaces implements PlaceConditions {

    @Inject
    Contracts contracts;

    @Override
    public boolean loosens(Caller caller, String from, String to) {
        return contracts.loosens(caller, from, to);
    }
}
