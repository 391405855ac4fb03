@NullMarked
package org.bascule.keycloak;

import org.jspecify.annotations.NullMarked;
