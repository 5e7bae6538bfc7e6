# The local twin for docker-compose.yml: an OpenID provider and a little AWS, run from their sources. Never for production:
# whoever reaches it gets a token of any sample user. It listens on loopback alone.
ARG NODE_IMAGE=node:24-bookworm-slim
FROM ${NODE_IMAGE}
WORKDIR /grantway
COPY package.json package-lock.json .npmrc ./
RUN npm ci --ignore-scripts
COPY tsconfig.json ./
COPY server server
COPY handlers handlers
COPY deploy deploy
# A volume takes its owner from here.
RUN mkdir /run/task && chown node:node /run/task
USER node
ENTRYPOINT ["node", "--import", "tsx", "deploy/local/main.ts"]
