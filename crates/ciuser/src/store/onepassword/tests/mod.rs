mod connect;
mod op;
