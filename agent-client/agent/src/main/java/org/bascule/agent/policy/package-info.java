/** What the device itself allows, whatever the access server says: {@code policy.json} in the agent's folder, written by the device's owner. */
@NullMarked
package org.bascule.agent.policy;

import org.jspecify.annotations.NullMarked;
